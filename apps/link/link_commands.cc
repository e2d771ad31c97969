// SPDX-License-Identifier: MIT
#include "apps/link/link_commands.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <string_view>

#include "apps/cli/flags.h"
#include "apps/cli/text_escape.h"

namespace dgram::app {
namespace {

using namespace std::string_view_literals;

bool is_program(const std::string& file) {
  struct stat found {};
  return ::stat(file.c_str(), &found) == 0 && S_ISREG(found.st_mode) && ::access(file.c_str(), X_OK) == 0;
}

bool is_in_path(const std::string& name) {
  const char* given = std::getenv("PATH");
  std::string_view path = given != nullptr ? given : "/bin:/usr/bin";
  while (true) {
    const std::size_t colon = path.find(':');
    const std::string folder(path.substr(0, colon));
    if (is_program((folder.empty() ? "." : folder) + '/' + name)) return true;
    if (colon == path.npos) return false;
    path.remove_prefix(colon + 1);
  }
}

}  // namespace

link_command_line cut_command_line(std::span<const char* const> arguments) {
  link_command_line line;
  const auto dashes = std::find(arguments.begin(), arguments.end(), "--"sv);
  line.own.assign(arguments.begin(), dashes);
  if (dashes == arguments.end()) return line;
  const auto between = std::find(dashes + 1, arguments.end(), "---"sv);
  if (between == arguments.end()) {
    line.client.assign(dashes + 1, arguments.end());
    return line;
  }
  line.server.assign(dashes + 1, between);
  line.client.assign(between + 1, arguments.end());
  if (line.server.empty()) throw usage_error("---: there is no server command between -- and ---");
  return line;
}

void demand_program(const command_words& words) {
  if (words.empty()) return;
  const std::string& name = words.front();
  const bool has_folder = name.find('/') != name.npos;
  if (has_folder ? is_program(name) : !name.empty() && is_in_path(name)) return;
  throw usage_error(
      "the command '" + escaped(name, 200) +
      (has_folder ? "' does not exist or is no program" : "' does not exist in any folder of $PATH"));
}

}  // namespace dgram::app
