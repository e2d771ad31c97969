// SPDX-License-Identifier: MIT
#include "udp/core/loss_tolerance.h"

#include <algorithm>

namespace dgram {
namespace {

using std::chrono::milliseconds;

// RFC 9002 section 6.1.2, kGranularity.
constexpr duration granularity = milliseconds(1);
constexpr std::uint64_t fewest_packets = 3;  // RFC 9002 section 6.1.1
constexpr std::uint64_t most_packets = 1024;
// So many samples must be there before a path is taken for one that does not reorder, and for one whose
// longest round trip is known.
constexpr std::uint64_t samples_for_order = 64;
constexpr std::uint64_t samples_for_longest = 8;
// A margin that was widened by a half is narrowed so many round trips later.
constexpr int round_trips_wide = 16;
constexpr std::uint32_t most_widened = 8;

}  // namespace

void loss_tolerance::overtaken(std::uint64_t packets, duration lateness, time_point now,
                               duration round_trip) {
  turn_page(now);
  ++since_.overtaken;
  since_.packets = std::max(since_.packets, packets);
  since_.lateness = std::max(since_.lateness, lateness);
  since_.round_trip = std::max(since_.round_trip, round_trip);
  deepest_ = std::max(deepest_, packets);
}

void loss_tolerance::settled(std::uint64_t delivered, std::int64_t lost, time_point now) {
  turn_page(now);
  since_.delivered += delivered;
  since_.lost += lost;
}

void loss_tolerance::spurious(time_point now, duration round_trip_of_it) {
  if (!slow_path_) return;
  const std::uint32_t wide = widened(now);
  // Packets of one round trip were late for one reason.
  if (wide > 0 && now - widened_at_ < round_trip_of_it) return;
  widened_ = std::min(wide + 1, most_widened);
  widened_at_ = now;
  round_trip_ = round_trip_of_it;
}

loss_limits loss_tolerance::limits(const rtt_estimator& rtt, time_point now) const {
  const duration smoothed = rtt.smoothed();
  const duration longer = std::max(smoothed, rtt.latest());
  const duration cap = std::max(smoothed, granularity);
  const history seen = recent(now);
  duration slack = std::max(granularity, smoothed / 32);
  if (rtt.samples() < samples_for_longest) slack = std::max(slack, smoothed / 8);
  // As long as an overtaken packet took.
  const duration overtaken =
      seen.round_trip > duration{0} ? std::min(seen.round_trip, 2 * longer) + slack : slack;

  loss_limits l;
  l.packets = std::clamp(seen.packets + 1, fewest_packets, most_packets);
  duration lateness = seen.lateness + seen.lateness / 4;
  if (rtt.samples() < samples_for_order) lateness = std::max(lateness, smoothed / 8);
  l.late = std::max(longer + std::clamp(lateness, granularity, cap), overtaken);

  // Four variations, as for the probe timer; but never beyond the longest round trip that was seen lately,
  // so that a steady path is told from a jittery one, nor below the latest. While round trips rise, because
  // a queue fills, the next is longer than the latest.
  const duration variation = std::max(4 * rtt.spread(), granularity);
  duration margin = variation;
  for (std::uint32_t i = widened(now); i > 0 && margin < cap; --i) margin += margin / 2;
  margin = std::max(std::min(margin, cap), variation);
  const duration rise = std::max(rtt.latest_path() - smoothed, duration{0}) / 2;
  const duration longest = std::max(rtt.recent_max(), smoothed) + slack + rise;
  const duration latest = std::min(rtt.latest_path() + slack + rise, longest);
  l.overdue_prompt = std::max(std::clamp(smoothed + margin, latest, longest), overtaken);
  l.overdue = l.overdue_prompt + rtt.max_ack_delay();
  return l;
}

void loss_tolerance::turn_page(time_point now) {
  if (now - since_from_ < memory) return;
  before_ = now - since_from_ < 2 * memory ? since_ : history{};
  since_ = {};
  since_from_ = now;
}

// Empty when what is seen is not worth waiting for: patience spares the resends of what was overtaken, and
// makes every true loss wait. Where fewer packets are overtaken than lost, and fewer than 1 in 64, the
// resends are cheaper.
loss_tolerance::history loss_tolerance::recent(time_point now) const {
  const duration age = now - since_from_;
  if (age >= 2 * memory) return {};
  history h = since_;
  if (age < memory) {
    h.packets = std::max(h.packets, before_.packets);
    h.lateness = std::max(h.lateness, before_.lateness);
    h.round_trip = std::max(h.round_trip, before_.round_trip);
    h.overtaken += before_.overtaken;
    h.delivered += before_.delivered;
    h.lost += before_.lost;
  }
  const bool worth = 64 * h.overtaken >= h.delivered || static_cast<std::int64_t>(h.overtaken) >= h.lost;
  return worth ? h : history{};
}

std::uint32_t loss_tolerance::widened(time_point now) const {
  if (widened_ == 0) return 0;
  const auto narrowed = (now - widened_at_) / (round_trips_wide * std::max(round_trip_, granularity));
  return narrowed >= widened_ ? 0 : widened_ - static_cast<std::uint32_t>(narrowed);
}

}  // namespace dgram
