// SPDX-License-Identifier: MIT
// What a program's exit code means, the same in all of them.
#pragma once

#include <initializer_list>
#include <string>

namespace dgram::app {

enum class exit_code : int {
  ok = 0,
  network = 1,
  usage = 2,
  unanswered = 3,
  check_failed = 4,
  output = 5,
  unsupported = 77,
  hung_up = 129,
  interrupted = 130,
  terminated = 143,
};

// 128 + signal number, as a shell reports it.
exit_code code_for_signal(int signal_number);
// Lines for --help, indented by two spaces.
std::string exit_code_table(std::initializer_list<exit_code>);

}  // namespace dgram::app
