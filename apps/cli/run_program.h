// SPDX-License-Identifier: MIT
// What every main() does around its program: --help, --version, and one clear line with a defined exit code
// for whatever ends it before it began.
#pragma once

#include <string>

#include "apps/cli/exit_code.h"
#include "apps/cli/flags.h"

namespace dgram::app {

struct program {
  std::string name;  // "udp_server"
  flags (*declare)();
  exit_code (*run)(const flags&);
  // With --json, one object on stdout for a failure.
  std::string (*failure_json)(exit_code, const std::string& why) = nullptr;
  // Another line for --version.
  std::string (*version_note)() = nullptr;
};

// {"event":"error","error":"why","exit_code":1}, for programs whose --json is one object per event.
std::string failure_event(exit_code, const std::string& why);

int run_program(const program&, int argc, const char* const* argv);

}  // namespace dgram::app
