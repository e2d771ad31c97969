// SPDX-License-Identifier: MIT
#include "udp/sim/outage_schedule.h"

#include <algorithm>
#include <cmath>

#include "udp/sim/packet_draws.h"

namespace dgram::sim {
namespace {

// Of random turns, one up and one down on average; shorter ones are stretched, the share kept. An hour
// without packets then costs at most seven million draws, a fifth of a second.
constexpr double shortest_round_ns = 1e6;
constexpr duration shortest_turn = std::chrono::microseconds(10);
// 30 years, so that the end of a turn is a moment that a time_point holds.
constexpr double longest_turn_ns = 1e18;

}  // namespace

bool outage_schedule::out(const link_options& options, time_point now) {
  const bool planned = std::any_of(options.outages.begin(), options.outages.end(),
                                   [now](const outage& o) { return o.from <= now && now < o.until; });
  return (options.fades && faded(*options.fades, now)) || planned;
}

bool outage_schedule::faded(const on_off& turns, time_point now) {
  const duration round = turns.up + turns.down;
  if (round <= duration{0}) return false;
  if (!turns.random) return (now - start_) % round >= turns.up;
  const double stretch = std::max(1.0, shortest_round_ns / static_cast<double>(round.count()));
  while (changes_at_ <= now) {
    ++turn_;
    changes_at_ += drawn(static_cast<double>((turn_ % 2 == 1 ? turns.up : turns.down).count()) * stretch);
  }
  return turn_ % 2 == 0;
}

// Exponential, by inversion: outages that begin as a Poisson process while the link is up.
duration outage_schedule::drawn(double mean_ns) {
  const packet_draws draws(seed_, direction_, turn_);
  const double u = unit_interval(draws.bits(draw::fade));
  const double length = -std::log1p(-u) * mean_ns;
  return std::max(shortest_turn, duration(static_cast<duration::rep>(std::min(length, longest_turn_ns))));
}

}  // namespace dgram::sim
