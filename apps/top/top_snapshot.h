// SPDX-License-Identifier: MIT
// What the live view shows of one moment; plain values, so that it can be handed to another thread.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "apps/server/server_control.h"
#include "udp/core/time.h"

namespace dgram::app {

struct top_snapshot {
  time_point taken{};
  server_totals totals;
  std::size_t here = 0;             // peers now; `peers` may hold fewer
  std::vector<peer_figures> peers;  // by number, from the oldest on
  std::string listens;              // "127.0.0.1:9000, UDP and TCP"
  std::string problem;              // the last one; empty: none
};

}  // namespace dgram::app
