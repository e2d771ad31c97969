// SPDX-License-Identifier: MIT
#include "apps/metrics/metrics_text.h"

namespace dgram::app::metrics {

figures figures_of(const server_control& server) {
  return {server.totals(), server.peers(most_peers), server.peer_count(), server.accepts_clients()};
}

}  // namespace dgram::app::metrics
