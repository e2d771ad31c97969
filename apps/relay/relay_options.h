// SPDX-License-Identifier: MIT
// What udp_relay is asked to do.
#pragma once

#include <string>

#include "apps/cli/flags.h"
#include "apps/impairment/impairment.h"
#include "apps/relay/relay.h"

namespace dgram::app {

struct relay_run_options {
  relay_options relay;
  impairment link;
  std::string port_file;
  bool quiet = false;
  bool json = false;
};

flags relay_flags();
// Resolves names. Throws usage_error, start_up_error.
relay_run_options relay_options_from(const flags&);

}  // namespace dgram::app
