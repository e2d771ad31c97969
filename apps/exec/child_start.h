// SPDX-License-Identifier: MIT
// Starts a shell with a command: in a session and process group of its own, with a clean environment,
// standard input from /dev/null, and no descriptor of ours but two pipes.
#pragma once

#include <sys/types.h>

#include <string>
#include <system_error>
#include <vector>

namespace dgram::app::exec {

struct child {
  pid_t id = -1;  // of the process group too
  // The ends that are read from; the caller closes them.
  int out = -1;
  int err = -1;
};

// `/bin/sh -c COMMAND`, in the directory of this program. Does not throw.
child start_shell(const std::string& command, std::error_code&);

// "NAME=value": PATH, HOME, LANG and LC_ALL as this program has them, and nothing else. PATH is always there.
std::vector<std::string> child_environment();

}  // namespace dgram::app::exec
