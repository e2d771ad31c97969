// SPDX-License-Identifier: MIT
// The other end of a control socket: asks a running program one thing and waits for its answer.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "apps/cli/exit_code.h"

namespace dgram::app {

struct control_answer {
  bool ok = false;
  std::string text;  // lines; or why not
};

// Waits five seconds at most. Throws start_up_error when nobody answers.
control_answer ask_control(const std::string& path, std::string_view line);

// The socket that a command is meant for: `path` if not empty, else of the one program of that name that
// runs. Throws usage_error that lists them when there are several, start_up_error when there is none.
std::string find_control(std::string_view program, const std::string& path);

// "udp_relay set loss=20%": asks, prints, and returns what the program ends with. `words` is what stands on
// the command line: get, set NAME=VALUE..., stats, reset.
exit_code run_control_command(std::string_view program, const std::string& path,
                              const std::vector<std::string>& words, bool json);

}  // namespace dgram::app
