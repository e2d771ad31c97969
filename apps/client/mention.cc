// SPDX-License-Identifier: MIT
#include "apps/client/mention.h"

#include <algorithm>
#include <array>
#include <cstdint>

#include "apps/cli/text_escape.h"

namespace dgram::app {
namespace {

struct range {
  std::uint32_t first, last;
};

// Unicode 15: punctuation, spaces and symbols beyond ASCII, and scripts written without spaces. A combining
// mark belongs to the word before it.
constexpr std::array no_word{
    range{0x80, 0xa9},       range{0xab, 0xb4},       range{0xb6, 0xb9},       range{0xbb, 0xbf},
    range{0xd7, 0xd7},       range{0xf7, 0xf7},       range{0x589, 0x58a},     range{0x60c, 0x60d},
    range{0x61b, 0x61f},     range{0x6d4, 0x6d4},     range{0x964, 0x965},     range{0xe00, 0xeff},
    range{0x1000, 0x11ff},   range{0x1780, 0x17ff},   range{0x2000, 0x2bff},   range{0x2e00, 0x2e7f},
    range{0x2e80, 0xa4ff},   range{0xa960, 0xa97f},   range{0xac00, 0xd7ff},   range{0xe000, 0xf8ff},
    range{0xf900, 0xfaff},   range{0xfe00, 0xfe6f},   range{0xff00, 0xff0f},   range{0xff1a, 0xff20},
    range{0xff3b, 0xff40},   range{0xff5b, 0xffff},   range{0x1aff0, 0x1b16f}, range{0x1f000, 0x1faff},
    range{0x20000, 0x3ffff}, range{0xe0000, 0x10ffff}};

bool ascii_word(std::uint32_t c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

bool word(std::uint32_t c) {
  if (c < 0x80) return ascii_word(c);
  return std::none_of(no_word.begin(), no_word.end(),
                      [c](const range& r) { return c >= r.first && c <= r.last; });
}

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool same(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char x, char y) { return lower(x) == lower(y); });
}

// 0 when there is none.
std::uint32_t first_of(std::string_view text) {
  const std::size_t length = utf8_length(text);
  if (length <= 1) return text.empty() ? 0 : static_cast<std::uint8_t>(text.front());
  std::uint32_t c = static_cast<std::uint8_t>(text.front()) & (0xffu >> (length + 1));
  for (const char next : text.substr(1, length - 1)) c = (c << 6) | (static_cast<std::uint8_t>(next) & 0x3fu);
  return c;
}

std::uint32_t last_of(std::string_view text) {
  std::size_t begin = text.size();
  while (begin > 0 && (static_cast<std::uint8_t>(text[--begin]) & 0xc0) == 0x80) {
  }
  return first_of(text.substr(begin));
}

bool apart(std::uint32_t left, std::uint32_t right) {
  return left == 0 || right == 0 || !word(left) || !word(right);
}

}  // namespace

bool mentions(std::string_view text, std::string_view name) {
  if (name.empty()) return false;
  const std::uint32_t first = first_of(name);
  const std::uint32_t last = last_of(name);
  for (std::size_t at = 0; at + name.size() <= text.size(); ++at) {
    if (!same(text.substr(at, name.size()), name)) continue;
    if (apart(last_of(text.substr(0, at)), first) && apart(last, first_of(text.substr(at + name.size())))) {
      return true;
    }
  }
  return false;
}

}  // namespace dgram::app
