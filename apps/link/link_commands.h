// SPDX-License-Identifier: MIT
// udp_link's command line, cut where its own flags end and where the two commands begin.
#pragma once

#include <span>
#include <string>
#include <vector>

namespace dgram::app {

// A program with its arguments; empty when none was given.
using command_words = std::vector<std::string>;

struct link_command_line {
  std::vector<const char*> own;  // the program's name and its flags
  command_words server;
  command_words client;
};

// FLAGS [-- CLIENT...] or FLAGS -- SERVER... --- [CLIENT...]. The first "--" and the first "---" after it
// cut; further ones belong to the commands. Throws usage_error when a "---" has no server before it.
link_command_line cut_command_line(std::span<const char* const> arguments);

// Throws usage_error when there is no such program, as execvp would look for it.
void demand_program(const command_words&);

}  // namespace dgram::app
