// SPDX-License-Identifier: MIT
// Which names people and rooms may have: any script, but nothing that moves a cursor, turns the writing
// direction, cannot be seen, or looks like an address (those belong to plain peers).
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace dgram::app::rooms {

inline constexpr std::size_t longest_name = 32;         // code points
inline constexpr std::size_t longest_name_bytes = 128;  // of UTF-8

// What is wrong with it, as the end of "the name ..."; empty when nothing is.
std::string name_fault(std::string_view name);

// The name itself for a line that refuses it: escaped and short.
std::string shown(std::string_view name);

}  // namespace dgram::app::rooms
