// SPDX-License-Identifier: MIT
// Bytes from strangers, shown on a terminal or in JSON without letting them take it over.
#pragma once

#include <cstddef>
#include <limits>
#include <span>
#include <string>
#include <string_view>

namespace dgram::app {

// Length in bytes of the valid UTF-8 character at the front, 0 when there is none (RFC 3629: no overlong
// forms, no surrogates, nothing above U+10FFFF).
std::size_t utf8_length(std::string_view);
bool is_utf8(std::string_view);

// Valid UTF-8 stays as it is. Control characters, invalid bytes and the characters that turn the writing
// direction (they can make a line look like another) become \xNN. What would be longer than `limit` bytes
// is cut between characters and ends in "… (N bytes)", N being the size of the whole.
std::string escaped(std::string_view text, std::size_t limit = std::numeric_limits<std::size_t>::max());

std::string_view as_text(std::span<const std::byte>);
std::span<const std::byte> as_bytes(std::string_view);

}  // namespace dgram::app
