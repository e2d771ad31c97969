// SPDX-License-Identifier: MIT
// A word as a shell reads it back, for command lines that people copy.
#pragma once

#include <string>

namespace dgram::app {

inline std::string shell_word(const std::string& text) {
  constexpr const char* harmless = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._,:/+%@=-";
  if (!text.empty() && text.find_first_not_of(harmless) == text.npos) return text;
  std::string out = "'";
  for (const char c : text) {
    if (c == '\'') {
      out += "'\\''";
    } else {
      out += c;
    }
  }
  return out + '\'';
}

}  // namespace dgram::app
