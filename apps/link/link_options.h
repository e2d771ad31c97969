// SPDX-License-Identifier: MIT
// What udp_link is asked to do.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "apps/cli/flags.h"
#include "apps/impairment/front_options.h"
#include "apps/impairment/impairment.h"
#include "apps/link/link_commands.h"
#include "udp/core/time.h"

namespace dgram::app {

struct link_options {
  impairment link;
  front_options front;
  std::string json_file;  // events; empty: none
  command_words server;   // empty: echo
  command_words client;   // empty: a shell
  std::size_t device_mtu = 1500;
  std::optional<std::uint16_t> wait_for;
  duration ready_timeout = std::chrono::seconds(5);
  std::string repeat;  // the command line that gives the same fates again
};

flags link_flags();
// Throws usage_error.
link_options link_options_from(const flags&, const link_command_line&);

}  // namespace dgram::app
