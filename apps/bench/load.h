// SPDX-License-Identifier: MIT
// Many peers that each ask a running server something now and then, and how long its answers take.
#pragma once

#include <cstdint>

#include "apps/bench/many_peers.h"
#include "apps/cli/latency_histogram.h"

namespace dgram::app {

struct load_options {
  many_peers_options peers;
  duration interval = std::chrono::seconds(20);  // between two requests of one peer
  duration time = std::chrono::seconds(10);
  std::size_t size = 64;  // bytes of a request
};

struct load_result {
  std::uint64_t answered = 0;
  std::uint64_t unanswered = 0;
  latency_histogram round_trips;
  latency_histogram late;  // how much later than planned a request left: this program's own doing
};

// The first request of each peer is not measured. Throws start_up_error when one of them is not answered.
load_result run_load(const load_options&);

}  // namespace dgram::app
