// SPDX-License-Identifier: MIT
// A server's figures in the text format of Prometheus. The only part that knows prometheus-cpp; its twin
// metrics_text_none.cc says that a build has none.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "apps/server/server_control.h"

namespace dgram::app::metrics {

// Peers that are listed one by one, those of the smallest numbers; the others are only counted.
inline constexpr std::size_t most_peers = 1000;

struct figures {
  server_totals totals;
  std::vector<peer_figures> peers;  // most_peers at most
  std::size_t peer_count = 0;       // with those left out
  bool accepts_clients = true;
};

figures figures_of(const server_control&);

// Throws start_up_error with exit_code::unsupported when this build has no prometheus-cpp.
void require_metrics();
// Empty then. Names of peers may hold any bytes; what is not UTF-8 becomes \xNN.
std::string metrics_text(const figures&);

}  // namespace dgram::app::metrics
