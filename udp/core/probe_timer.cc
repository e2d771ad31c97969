// SPDX-License-Identifier: MIT
#include "udp/core/probe_timer.h"

#include <algorithm>

#include "udp/core/splitmix64.h"

namespace dgram {
namespace {

// Gentle at first, because most losses are repaired by the first or second probe; then doubling, as RFC 8085
// section 3.1.1 asks of anything that may meet congestion.
constexpr std::uint32_t gentle_steps = 2;
constexpr duration longest_interval = std::chrono::seconds(2);
// Peers that lost contact at one moment do not come back at one moment.
constexpr std::int32_t jitter_per_mille = 100;

}  // namespace

duration probe_timer::interval(const rtt_estimator& rtt) const {
  duration base = rtt.probe_timeout();
  for (std::uint32_t i = 0; i < fired_ && base < longest_interval; ++i) {
    base = i < gentle_steps ? 3 * base / 2 : 2 * base;
  }
  base = std::min(base, std::max(longest_interval, rtt.probe_timeout()));
  return base + base * jitter_per_mille_ / 1000;
}

void probe_timer::fired() {
  ++fired_;
  draw_jitter();
}

void probe_timer::progress() {
  if (fired_ == 0) return;
  fired_ = 0;
  draw_jitter();
}

void probe_timer::draw_jitter() {
  const std::uint64_t draw = splitmix64(random_) % (2 * jitter_per_mille + 1);
  jitter_per_mille_ = static_cast<std::int32_t>(draw) - jitter_per_mille;
}

}  // namespace dgram
