// SPDX-License-Identifier: MIT
// Reads the head of an HTTP/1.x request (RFC 9112) and says what is to be answered. Knows no sockets, and of
// the pages only that there is one, /metrics.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace dgram::app::metrics {

// More than this is refused, whatever it would become.
inline constexpr std::size_t largest_request = 8192;  // bytes

enum class http_status : int {
  ok = 200,
  bad_request = 400,
  not_found = 404,
  method_not_allowed = 405,
  too_large = 431,
  version_not_supported = 505,
};

struct http_decision {
  http_status status = http_status::ok;
  bool with_body = true;  // not for HEAD
};

// Of all bytes that came so far; nothing while the head has not ended and may still be a request. What
// follows the head is not looked at.
std::optional<http_decision> read_request(std::string_view came);

// The status line and the fields, up to the empty line. The connection closes after every response.
std::string response_head(http_status, std::size_t body_bytes);
// One line for a person, "404 Not Found: the figures are at /metrics".
std::string explanation(http_status);

}  // namespace dgram::app::metrics
