// SPDX-License-Identifier: MIT
#include "apps/rooms/names.h"

#include <array>
#include <cstdint>

#include "apps/cli/text_escape.h"

namespace dgram::app::rooms {
namespace {

struct range {
  std::uint32_t first, last;
};

bool within(std::uint32_t c, const auto& ranges) {
  for (const range& r : ranges) {
    if (c >= r.first && c <= r.last) return true;
  }
  return false;
}

// Unicode 15: White_Space beyond ASCII.
constexpr std::array spaces{range{0xa0, 0xa0},     range{0x1680, 0x1680}, range{0x2000, 0x200a},
                            range{0x2028, 0x2029}, range{0x202f, 0x202f}, range{0x205f, 0x205f},
                            range{0x3000, 0x3000}};
// What turns the writing direction, and what shows nothing at all: two names could look the same.
constexpr std::array unseen{range{0xad, 0xad},     range{0x61c, 0x61c},    range{0x115f, 0x1160},
                            range{0x17b4, 0x17b5}, range{0x180b, 0x180f},  range{0x200b, 0x200b},
                            range{0x200e, 0x200f}, range{0x202a, 0x202e},  range{0x2060, 0x206f},
                            range{0x3164, 0x3164}, range{0xfeff, 0xfeff},  range{0xffa0, 0xffa0},
                            range{0xfff0, 0xfffb}, range{0xe0000, 0xe0fff}};
// Parts of Persian words and of emoji; after a Latin letter they would show nothing either.
constexpr std::array joining{range{0x200c, 0x200d}, range{0xfe00, 0xfe0f}};

// What looks like a ':', which ends a name in a line that is said.
constexpr std::array colons{range{':', ':'},       range{0x2236, 0x2236}, range{0xa789, 0xa789},
                            range{0xfe13, 0xfe13}, range{0xfe55, 0xfe55}, range{0xff1a, 0xff1a}};

std::uint32_t code_point(std::string_view character) {
  const auto byte = [&](std::size_t i) { return std::uint32_t{static_cast<std::uint8_t>(character[i])}; };
  if (character.size() == 1) return byte(0);
  std::uint32_t value = byte(0) & (0xffu >> (character.size() + 1));
  for (std::size_t i = 1; i < character.size(); ++i) value = (value << 6) | (byte(i) & 0x3fu);
  return value;
}

const char* fault_of(std::uint32_t c, std::uint32_t before) {
  if (c == ' ' || c == '\t' || within(c, spaces)) return "has a space";
  if (c < 0x20 || (c >= 0x7f && c <= 0x9f)) return "has a control character";
  if (within(c, colons)) return "has a ':'";
  if (within(c, unseen) || (within(c, joining) && before < 0x80))
    return "has a character that cannot be seen";
  return nullptr;
}

}  // namespace

std::string name_fault(std::string_view name) {
  if (name.empty()) return "is empty";
  // What else a line can begin with: a command, the server, /me, a private word.
  for (const char* other : {"/", "--", "*", "["}) {
    if (name.starts_with(other)) return "begins with '" + std::string(other) + "'";
  }
  if (name.size() > longest_name_bytes) {
    return "is " + std::to_string(name.size()) + " bytes long, at most " + std::to_string(longest_name_bytes);
  }
  std::size_t count = 0;
  std::uint32_t before = 0;
  for (std::string_view rest = name; !rest.empty();) {
    const std::size_t length = utf8_length(rest);
    if (length == 0) return "is not UTF-8";
    const std::uint32_t c = code_point(rest.substr(0, length));
    if (const char* fault = fault_of(c, before)) return fault;
    before = c;
    ++count;
    rest.remove_prefix(length);
  }
  if (count <= longest_name) return {};
  return "has " + std::to_string(count) + " characters, at most " + std::to_string(longest_name);
}

std::string shown(std::string_view name) {
  return "'" + escaped(name, 60) + "'";
}

}  // namespace dgram::app::rooms
