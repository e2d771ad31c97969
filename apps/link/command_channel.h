// SPDX-License-Identifier: MIT
// What udp_link and the first process of its PID namespace say to one another, over a SOCK_SEQPACKET pair:
// each message whole, and the end of the one is the end of the other.
#pragma once

#include <cstdint>
#include <vector>

#include "apps/impairment/impairment.h"
#include "apps/link/link_commands.h"

namespace dgram::app {

struct command_order {
  enum class kind : std::uint8_t {
    go,      // you are known to be alive
    start,   // the command of that side
    signal,  // `value` to the command, and to its process group when it has one of its own
    resume,  // a stopped command; `value` 1: and give it the terminal
  } what;
  side at;
  int value;
};

struct command_notice {
  enum class kind : std::uint8_t {
    ready,        // `value` 1: /proc shows the namespace's own processes
    not_started,  // `value` is the errno of exec
    ended,        // `value` as waitpid has it
    stopped,      // by the signal `value`
  } what;
  side at;
  int value;
};

struct link_command {
  command_words words;
  bool own_group = true;     // a process group of its own
  bool foreground = false;   // which gets the terminal of standard input
  bool owns_streams = true;  // else: nothing on standard input, and standard output goes to standard error
};

}  // namespace dgram::app
