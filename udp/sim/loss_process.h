// SPDX-License-Identifier: MIT
// Which packets are lost at random: each for itself, in bursts, or by a list. Knows indices only, no time and
// no sizes, so every transport loses the same ones.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "udp/sim/link_options.h"
#include "udp/sim/packet_draws.h"

namespace dgram::sim {

// The chain that loses that share of all packets in runs of that mean length: everything is lost in the bad
// state and nothing in the good one, so r = 1 / mean_burst, and p = share r / (1 - share) from the stationary
// share p / (p + r). Nothing when there is none: share must be in [0, 1), mean_burst at least 1, and the
// share at most mean_burst / (mean_burst + 1), because a packet that arrives stands between two runs.
std::optional<gilbert_elliott> chain_for(double share, double mean_burst);

// The share that a chain loses in the long run: (p loss_in_bad + r loss_in_good) / (p + r).
double share_of(const gilbert_elliott&);

class loss_process {
 public:
  // Once for each packet, in the order of their indices.
  bool loses(const link_options&, const packet_draws&, std::uint64_t index);

 private:
  bool chain_loses(const gilbert_elliott&, const packet_draws&);
  bool listed(const link_options&, std::uint64_t index);

  std::optional<bool> bad_;  // the chain's state, once it has one
  std::size_t next_listed_ = 0;
};

}  // namespace dgram::sim
