// SPDX-License-Identifier: MIT
// The end of a run, for people and as JSON.
#pragma once

#include <string>

#include "apps/cli/exit_code.h"
#include "apps/client/client_options.h"
#include "apps/client/outcome_text.h"
#include "apps/client/tally.h"
#include "udp/core/statistics.h"

namespace dgram::app {

struct run_summary {
  wire on = wire::udp;
  std::string server;
  tally counts;
  dgram::statistics statistics;
  duration elapsed{0};
  exit_code code = exit_code::ok;
  std::string error;  // empty when all went well
};

// "10000 messages, all answered (UDP 127.0.0.1:9000, 0.31 s; round trip 0.2 ms, 99 % within 1.2 ms)".
std::string one_line(const run_summary&);
// A table, for --count and /stats.
std::string table(const run_summary&);
std::string json(const run_summary&);

}  // namespace dgram::app
