// SPDX-License-Identifier: MIT
// When a link is out: at set times, by turns, or at random. Knows no packets.
#pragma once

#include <cstdint>

#include "udp/core/time.h"
#include "udp/sim/link_options.h"

namespace dgram::sim {

class outage_schedule {
 public:
  outage_schedule(std::uint64_t seed, std::uint32_t direction, time_point start)
      : seed_(seed), direction_(direction), start_(start), changes_at_(start) {}

  // `now` never goes back.
  bool out(const link_options&, time_point now);

 private:
  bool faded(const on_off&, time_point now);
  duration drawn(double mean_ns);

  std::uint64_t seed_;
  std::uint32_t direction_;
  time_point start_;
  // Of random fades: the turn that lasts until changes_at_; odd ones are down.
  time_point changes_at_;
  std::uint64_t turn_ = 0;
};

}  // namespace dgram::sim
