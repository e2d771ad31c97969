// SPDX-License-Identifier: MIT
#include "apps/metrics/http_request.h"

#include <algorithm>

namespace dgram::app::metrics {
namespace {

// RFC 9110 §5.6.2.
bool is_token(std::string_view text) {
  constexpr std::string_view marks = "!#$%&'*+-.^_`|~";
  return !text.empty() && std::all_of(text.begin(), text.end(), [&](char c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
           marks.find(c) != std::string_view::npos;
  });
}

// What no head contains: a TLS greeting, say, is known by its first byte.
bool has_binary(std::string_view text) {
  return std::any_of(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) < 0x20 && c != '\t' && c != '\r' && c != '\n') || c == 0x7f;
  });
}

bool is_host(std::string_view name) {
  return name.size() == 4 &&
         std::equal(name.begin(), name.end(), "host", [](char a, char b) { return (a | 0x20) == b; });
}

// The next line, which may end in LF alone (§2.2). Nothing when none has ended.
std::optional<std::string_view> take_line(std::string_view& text) {
  const std::size_t end = text.find('\n');
  if (end == std::string_view::npos) return std::nullopt;
  std::string_view line = text.substr(0, end);
  text.remove_prefix(end + 1);
  if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
  return line;
}

// "http://host/metrics?x=1" and "/metrics?x=1" are "/metrics" (§3.2).
std::string_view path_of(std::string_view target) {
  constexpr std::string_view scheme = "http://";
  if (target.substr(0, scheme.size()) == scheme) {
    target.remove_prefix(scheme.size());
    target.remove_prefix(std::min(target.find('/'), target.size()));
  }
  return target.substr(0, target.find('?'));
}

struct request_line {
  std::string_view method, target, version;
};

std::optional<request_line> split(std::string_view line) {
  const std::size_t first = line.find(' ');
  const std::size_t last = line.rfind(' ');
  if (first == std::string_view::npos || first == last) return std::nullopt;
  const request_line parts{line.substr(0, first), line.substr(first + 1, last - first - 1),
                           line.substr(last + 1)};
  if (!is_token(parts.method) || parts.target.empty()) return std::nullopt;
  if (parts.target.find_first_of(" \t\r") != std::string_view::npos) return std::nullopt;
  const auto digit = [&](std::size_t at) { return parts.version[at] >= '0' && parts.version[at] <= '9'; };
  if (parts.version.size() != 8 || parts.version.substr(0, 5) != "HTTP/" || parts.version[6] != '.' ||
      !digit(5) || !digit(7)) {
    return std::nullopt;
  }
  return parts;
}

http_decision decide(const request_line& line, std::size_t hosts) {
  if (line.version[5] != '1') return {http_status::version_not_supported};
  // §3.2: exactly one, but that HTTP/1.0 had none.
  if (hosts > 1 || (hosts == 0 && line.version != "HTTP/1.0")) return {http_status::bad_request};
  const bool head = line.method == "HEAD";
  if (path_of(line.target) != "/metrics") return {http_status::not_found, !head};
  if (!head && line.method != "GET") return {http_status::method_not_allowed};
  return {http_status::ok, !head};
}

std::string_view reason_of(http_status status) {
  switch (status) {
    case http_status::ok: return "OK";
    case http_status::bad_request: return "Bad Request";
    case http_status::not_found: return "Not Found";
    case http_status::method_not_allowed: return "Method Not Allowed";
    case http_status::too_large: return "Request Header Fields Too Large";
    case http_status::version_not_supported: return "HTTP Version Not Supported";
  }
  return "?";
}

std::string_view advice_for(http_status status) {
  switch (status) {
    case http_status::ok: return "";
    case http_status::bad_request: return ": this is no HTTP/1.1 request";
    case http_status::not_found: return ": the figures are at /metrics";
    case http_status::method_not_allowed: return ": GET and HEAD are";
    case http_status::too_large: return ": 8 KiB at most";
    case http_status::version_not_supported: return ": HTTP/1.1 is";
  }
  return "";
}

std::string number_and_reason(http_status status) {
  return std::to_string(static_cast<int>(status)) + ' ' + std::string(reason_of(status));
}

}  // namespace

std::optional<http_decision> read_request(std::string_view came) {
  if (came.size() > largest_request) came = came.substr(0, largest_request);
  const bool full = came.size() == largest_request;
  // An empty line before the request is no harm (§2.2).
  while (!came.empty() && (came.front() == '\r' || came.front() == '\n')) came.remove_prefix(1);
  const std::string_view all = came;

  std::optional<request_line> first;
  std::size_t hosts = 0;
  while (const auto line = take_line(came)) {
    if (has_binary(*line)) return http_decision{http_status::bad_request};
    if (line->empty()) return decide(*first, hosts);
    if (!first) {
      if (!(first = split(*line))) return http_decision{http_status::bad_request};
      continue;
    }
    const std::size_t colon = line->find(':');
    if (colon == std::string_view::npos || !is_token(line->substr(0, colon)) ||
        line->find('\r') != std::string_view::npos) {
      return http_decision{http_status::bad_request};
    }
    if (is_host(line->substr(0, colon))) ++hosts;
  }
  if (has_binary(all)) return http_decision{http_status::bad_request};
  if (full) return http_decision{http_status::too_large};
  return std::nullopt;
}

std::string response_head(http_status status, std::size_t body_bytes) {
  std::string head = "HTTP/1.1 " + number_and_reason(status) + "\r\n";
  // The version is that of the text format of Prometheus.
  head += status == http_status::ok ? "Content-Type: text/plain; version=0.0.4; charset=utf-8\r\n"
                                    : "Content-Type: text/plain; charset=utf-8\r\n";
  if (status == http_status::method_not_allowed) head += "Allow: GET, HEAD\r\n";
  return head + "Content-Length: " + std::to_string(body_bytes) + "\r\nConnection: close\r\n\r\n";
}

std::string explanation(http_status status) {
  return number_and_reason(status) + std::string(advice_for(status)) + '\n';
}

}  // namespace dgram::app::metrics
