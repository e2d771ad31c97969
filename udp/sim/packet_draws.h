// SPDX-License-Identifier: MIT
// The random draws that decide what happens to one packet: functions of (seed, direction, index, purpose)
// alone. No draw depends on another or on the time, so a packet meets the same fate whichever transport
// sent it, and turning one impairment on leaves the draws of the others as they were. A packet that is
// lost at 5 % is also lost at 10 %.
#pragma once

#include <cstdint>

#include "udp/core/time.h"
#include "udp/sim/random.h"

namespace dgram::sim {

// What a draw is for. Append only: the numbers are part of what a seed means.
enum class draw : std::uint32_t {
  loss = 0,
  duplicate = 1,
  jitter = 2,
  reorder = 3,
  reorder_delay = 4,
  corrupt = 5,
  corrupt_count = 6,
  corrupt_bits = 7,  // to 14, one per flipped bit
  chain_start = 15,
  chain_step = 16,
  jitter_angle = 17,
  fade = 18,  // of a turn, not of a packet
};

// Draws of a packet and of its duplicate are apart.
enum class passage : std::uint32_t { original = 0, copy = 1 };

class packet_draws {
 public:
  constexpr packet_draws(std::uint64_t seed, std::uint32_t direction, std::uint64_t index)
      : key_(mix(mix(mix(seed) ^ direction) ^ index)) {}

  constexpr std::uint64_t bits(draw what, passage way = passage::original, std::uint32_t nth = 0) const {
    const std::uint64_t purpose = static_cast<std::uint32_t>(what) + nth;
    return mix(key_ ^ (static_cast<std::uint64_t>(way) << 32 | purpose));
  }
  constexpr bool chance(double probability, draw what, passage way = passage::original) const {
    return unit_interval(bits(what, way)) < probability;
  }
  // Uniform in [least, most].
  constexpr duration between(duration least, duration most, draw what, passage way) const {
    const double spread = static_cast<double>((most - least).count());
    return least + duration(static_cast<duration::rep>(spread * unit_interval(bits(what, way))));
  }

 private:
  std::uint64_t key_;
};

}  // namespace dgram::sim
