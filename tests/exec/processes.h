// SPDX-License-Identifier: MIT
// What is left of a command: processes whose command line holds a number that nothing else has. Reads /proc.
#pragma once

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

namespace dgram::test {

// Seconds for a `sleep` that nobody but this test asks for.
inline std::string unique_seconds() {
  static int count = 0;
  return std::to_string(1'000'000 + ::getpid()) + "." + std::to_string(1'000'000 + ++count);
}

inline int processes_with(const std::string& argument) {
  int found = 0;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator("/proc", error)) {
    std::ifstream file(entry.path() / "cmdline", std::ios::binary);
    const std::string line((std::istreambuf_iterator<char>(file)), {});
    if (line.find(argument) != line.npos) ++found;
  }
  return found;
}

}  // namespace dgram::test
