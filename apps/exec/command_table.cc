// SPDX-License-Identifier: MIT
#include "apps/exec/command_table.h"

#include <algorithm>

#include "apps/cli/flags.h"
#include "apps/cli/text_escape.h"

namespace dgram::app::exec {
namespace {

constexpr std::size_t shown_name = 60;
constexpr std::size_t shown_value = 60;
constexpr std::size_t shown_list = 2000;  // bytes

bool is_name_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
}

[[noreturn]] void refuse(std::string_view value, std::string_view why) {
  throw usage_error("--exec '" + escaped(value, shown_value) + "': " + std::string(why));
}

struct parsed_command {
  std::string_view name;
  std::string_view command;
};

parsed_command parse(std::string_view value) {
  const std::size_t equals = value.find('=');
  if (equals == 0) refuse(value, "there is no name before '='");
  if (equals == value.npos || !std::ranges::all_of(value.substr(0, equals), is_name_letter)) {
    return {trimmed(value), trimmed(value)};
  }
  return {value.substr(0, equals), trimmed(value.substr(equals + 1))};
}

}  // namespace

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view blanks = " \t\r\n";
  const std::size_t begin = text.find_first_not_of(blanks);
  if (begin == text.npos) return {};
  return text.substr(begin, text.find_last_not_of(blanks) - begin + 1);
}

command_table::command_table(const std::vector<std::string>& values) {
  for (const std::string& value : values) add(value);
}

void command_table::add(const std::string& value) {
  const auto [name, command] = parse(value);
  if (command.empty()) refuse(value, "there is no command");
  if (command.size() > longest_command) {
    refuse(value, "a command has " + std::to_string(longest_command) + " bytes at most");
  }
  if (name.size() > longest_name) {
    refuse(value, "a name has " + std::to_string(longest_name) +
                      " bytes at most; NAME=COMMAND gives a command a short one");
  }
  if (commands_.size() == most_commands) {
    refuse(value, "there are " + std::to_string(most_commands) + " commands at most");
  }
  if (!commands_.emplace(name, command).second) {
    refuse(value, "there is a command '" + escaped(name, shown_name) + "' already");
  }
  names_.emplace_back(name);
}

const std::string* command_table::find(std::string_view name) const {
  const auto found = commands_.find(name);
  return found == commands_.end() ? nullptr : &found->second;
}

std::string command_table::refusal(std::string_view asked) const {
  std::string text =
      asked.empty() ? "an empty message names no command" : "no such command: " + escaped(asked, shown_name);
  text += "; there are: ";
  const std::size_t before = text.size();
  for (std::size_t i = 0; i < names_.size(); ++i) {
    const std::string name = escaped(names_[i], shown_name);
    if (text.size() - before + name.size() > shown_list) {
      return text + ", and " + std::to_string(names_.size() - i) + " more";
    }
    if (i != 0) text += ", ";
    text += name;
  }
  return text;
}

}  // namespace dgram::app::exec
