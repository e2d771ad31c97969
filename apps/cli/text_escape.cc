// SPDX-License-Identifier: MIT
#include "apps/cli/text_escape.h"

#include <array>
#include <cstdint>

namespace dgram::app {
namespace {

struct decoded {
  std::uint32_t code_point = 0;
  std::size_t length = 0;
};

std::uint8_t byte_at(std::string_view text, std::size_t i) {
  return static_cast<std::uint8_t>(text[i]);
}

decoded decode(std::string_view text) {
  if (text.empty()) return {};
  const std::uint8_t first = byte_at(text, 0);
  if (first < 0x80) return {first, 1};
  const std::size_t length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  if (first < 0xc2 || first > 0xf4 || text.size() < length) return {};
  std::uint32_t code_point = first & (0xffu >> (length + 1));
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte_at(text, i) & 0xc0) != 0x80) return {};
    code_point = (code_point << 6) | (byte_at(text, i) & 0x3fu);
  }
  constexpr std::array<std::uint32_t, 5> least{0, 0, 0x80, 0x800, 0x10000};
  const bool surrogate = code_point >= 0xd800 && code_point <= 0xdfff;
  if (code_point < least[length] || surrogate || code_point > 0x10ffff) return {};
  return {code_point, length};
}

bool harmless(std::uint32_t c) {
  if (c < 0x20 || (c >= 0x7f && c <= 0x9f)) return false;
  const bool turns_direction = c == 0x061c || c == 0x200e || c == 0x200f || (c >= 0x202a && c <= 0x202e) ||
                               (c >= 0x2066 && c <= 0x2069);
  const bool breaks_line = c == 0x2028 || c == 0x2029;
  return !turns_direction && !breaks_line;
}

void append_hex(std::string& out, std::uint8_t byte) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  out += "\\x";
  out += digits[byte >> 4];
  out += digits[byte & 0xf];
}

}  // namespace

std::size_t utf8_length(std::string_view text) {
  return decode(text).length;
}

bool is_utf8(std::string_view text) {
  while (!text.empty()) {
    const std::size_t length = utf8_length(text);
    if (length == 0) return false;
    text.remove_prefix(length);
  }
  return true;
}

std::string escaped(std::string_view text, std::size_t limit) {
  std::string out;
  std::string one;
  for (std::string_view rest = text; !rest.empty();) {
    const decoded next = decode(rest);
    const std::size_t length = next.length == 0 ? 1 : next.length;
    one.clear();
    if (next.length != 0 && harmless(next.code_point)) {
      one = rest.substr(0, length);
    } else {
      for (std::size_t i = 0; i < length; ++i) append_hex(one, byte_at(rest, i));
    }
    if (out.size() + one.size() > limit) return out + "… (" + std::to_string(text.size()) + " bytes)";
    out += one;
    rest.remove_prefix(length);
  }
  return out;
}

std::string_view as_text(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

std::span<const std::byte> as_bytes(std::string_view text) {
  return {reinterpret_cast<const std::byte*>(text.data()), text.size()};
}

}  // namespace dgram::app
