// SPDX-License-Identifier: MIT
// Link options of every kind, drawn together, for tests of what must hold whatever is asked for.
#pragma once

#include "udp/sim/link_options.h"
#include "udp/sim/random.h"

namespace dgram::test {

// Moments of outages lie within 2 s from `start`. Half of them ask for reordering of some kind.
sim::link_options random_options(sim::random_stream&, time_point start);

inline bool may_reorder(const sim::link_options& options) {
  return options.jitter_reorders || options.reorder > 0;
}

}  // namespace dgram::test
