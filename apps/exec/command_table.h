// SPDX-License-Identifier: MIT
// Which commands may be asked for, and under which names. Knows nothing of how they are run.
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace dgram::app::exec {

class command_table {
 public:
  static constexpr std::size_t most_commands = 256;
  static constexpr std::size_t longest_name = 200;  // of a command that is its own name too
  // What Linux takes as one argument, its final zero counted (MAX_ARG_STRLEN).
  static constexpr std::size_t longest_command = 131'071;

  command_table() = default;
  // Each is NAME=COMMAND with a NAME of [A-Za-z0-9_-]+, or a command that is its own name. Throws
  // usage_error, which names --exec and the value.
  explicit command_table(const std::vector<std::string>& values);

  // nullptr when there is none.
  const std::string* find(std::string_view name) const;
  // For whoever asked for a command that is not here: "no such command: x; there are: a, b". Escaped, and
  // bounded whatever was asked and however many there are.
  std::string refusal(std::string_view asked) const;

  bool empty() const { return commands_.empty(); }
  std::size_t size() const { return commands_.size(); }

 private:
  void add(const std::string& value);

  std::map<std::string, std::string, std::less<>> commands_;
  std::vector<std::string> names_;  // in the order given
};

// A message as it was typed, without the blanks and the end of line around it.
std::string_view trimmed(std::string_view);

}  // namespace dgram::app::exec
