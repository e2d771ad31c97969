// SPDX-License-Identifier: MIT
#include "apps/cli/json_object.h"

#include <array>
#include <charconv>
#include <cmath>

#include "apps/cli/text_escape.h"

namespace dgram::app {
namespace {

void append_ascii(std::string& out, char c) {
  switch (c) {
    case '"': out += "\\\""; return;
    case '\\': out += "\\\\"; return;
    case '\n': out += "\\n"; return;
    case '\r': out += "\\r"; return;
    case '\t': out += "\\t"; return;
    default: break;
  }
  if (static_cast<unsigned char>(c) >= 0x20) {
    out += c;
    return;
  }
  constexpr std::string_view digits = "0123456789abcdef";
  out += "\\u00";
  out += digits[static_cast<unsigned char>(c) >> 4];
  out += digits[static_cast<unsigned char>(c) & 0xf];
}

}  // namespace

std::string json_string(std::string_view text) {
  std::string out = "\"";
  while (!text.empty()) {
    const std::size_t length = utf8_length(text);
    if (length == 1) {
      append_ascii(out, text.front());
    } else {
      out += length == 0 ? std::string_view("\xEF\xBF\xBD") : text.substr(0, length);
    }
    text.remove_prefix(length == 0 ? 1 : length);
  }
  return out + '"';
}

json_object& json_object::add(std::string_view key, std::string_view value) {
  return add_raw(key, json_string(value));
}

json_object& json_object::add(std::string_view key, bool value) {
  return add_raw(key, value ? "true" : "false");
}

json_object& json_object::add(std::string_view key, double value) {
  if (!std::isfinite(value)) return add_null(key);
  std::array<char, 64> text{};
  const auto end = std::to_chars(text.data(), text.data() + text.size(), value).ptr;
  return add_raw(key, std::string_view(text.data(), static_cast<std::size_t>(end - text.data())));
}

json_object& json_object::add(std::string_view key, const json_object& value) {
  return add_raw(key, value.text());
}

json_object& json_object::add_null(std::string_view key) {
  return add_raw(key, "null");
}

json_object& json_object::add_raw(std::string_view key, std::string_view value) {
  if (members_.size() > 1) members_ += ',';
  members_ += json_string(key);
  members_ += ':';
  members_ += value;
  return *this;
}

}  // namespace dgram::app
