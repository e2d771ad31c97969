// SPDX-License-Identifier: MIT
// Lists in flags.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace dgram::app::compare {

// Always one more than there are separators; parts may be empty.
inline std::vector<std::string> split(std::string_view text, char separator) {
  std::vector<std::string> parts(1);
  for (const char c : text) {
    if (c == separator) {
      parts.emplace_back();
    } else {
      parts.back() += c;
    }
  }
  return parts;
}

}  // namespace dgram::app::compare
