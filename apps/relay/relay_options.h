// SPDX-License-Identifier: MIT
// What udp_relay is asked to do.
#pragma once

#include <string>

#include "apps/cli/flags.h"
#include "apps/impairment/front_options.h"
#include "apps/impairment/impairment.h"
#include "apps/relay/relay.h"

namespace dgram::app {

struct relay_run_options {
  relay_options relay;
  impairment link;
  front_options front;
  std::string port_file;
  std::string command;  // that repeats it
};

flags relay_flags();
// Resolves names. Throws usage_error, start_up_error.
relay_run_options relay_options_from(const flags&);

}  // namespace dgram::app
