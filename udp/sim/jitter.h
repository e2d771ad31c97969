// SPDX-License-Identifier: MIT
// How much later than its delay one packet comes.
#pragma once

#include "udp/core/time.h"
#include "udp/sim/link_options.h"
#include "udp/sim/packet_draws.h"

namespace dgram::sim {

// Never negative. With scale j and u, v uniform in [0, 1):
//   uniform  j u
//   normal   j |z|, z standard normal (Box and Muller 1958), at most 4 j: mean 0.80 j
//   pareto   j ((1 - u)^(-1/3) - 1), Pareto of the second kind with shape 3 (as netem's table), at most 20 j:
//            mean 0.50 j, heavy tail
duration jitter_of(const link_options&, const packet_draws&, passage);

}  // namespace dgram::sim
