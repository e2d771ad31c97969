// SPDX-License-Identifier: MIT
#include "apps/cli/exit_code.h"

namespace dgram::app {
namespace {

const char* meaning(exit_code code) {
  switch (code) {
    case exit_code::ok: return "all went well";
    case exit_code::network: return "network error: host not found, address or port cannot be used";
    case exit_code::usage: return "usage: an unknown flag or a bad value";
    case exit_code::unanswered: return "some message was not answered";
    case exit_code::check_failed: return "a demanded check failed";
    case exit_code::output: return "an output could not be written";
    case exit_code::unsupported: return "a privilege, a kernel feature or a library is missing";
    case exit_code::hung_up: return "ended by SIGHUP (the terminal is gone)";
    case exit_code::interrupted: return "ended by SIGINT (Ctrl-C)";
    case exit_code::terminated: return "ended by SIGTERM";
  }
  return "";
}

}  // namespace

exit_code code_for_signal(int signal_number) {
  return static_cast<exit_code>(128 + signal_number);
}

std::string exit_code_table(std::initializer_list<exit_code> codes) {
  std::string table;
  for (exit_code code : codes) {
    std::string number = std::to_string(static_cast<int>(code));
    table += "  " + std::string(4 - number.size(), ' ') + number + "  " + meaning(code) + '\n';
  }
  return table;
}

}  // namespace dgram::app
