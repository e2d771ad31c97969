// SPDX-License-Identifier: MIT
#include "apps/compare/arrival_log.h"

#include <algorithm>

namespace dgram::app::compare {

void arrival_log::record(std::uint64_t number, duration when) {
  if (number >= when_.size()) return;
  std::optional<duration>& place = when_[number];
  if (place) {
    ++duplicates_;
    return;
  }
  place = when;
  if (!first_) first_ = when;
  last_ = std::max(last_, when);
  if (number < next_) ++reordered_;
  next_ = std::max(next_, number + 1);
  arrived_.fetch_add(1, std::memory_order_relaxed);
}

void fill_in(run& r, const plan& p, const std::vector<planned_message>& schedule,
             std::span<const duration> intended, const arrival_log& arrivals, duration end) {
  // In a closed loop only what was sent was planned.
  const std::size_t count = p.closed_loop ? intended.size() : schedule.size();
  r.samples.reserve(count);
  for (std::size_t i = 0; i < count; ++i) {
    sample s;
    s.number = i;
    s.intended = i < intended.size() ? intended[i] : std::min(end, schedule[i].intended);
    s.warm_up = p.closed_loop ? s.intended < p.warm_up : schedule[i].warm_up;
    if (const auto when = arrivals.when(i)) {
      // What is sent a moment early, by a clock's rounding, did not arrive before it was sent.
      s.latency = std::max(duration{0}, *when - s.intended);
      s.waited = *s.latency;
    } else {
      s.waited = std::max(duration{0}, end - s.intended);
    }
    r.samples.push_back(s);
  }
  r.duplicates = arrivals.duplicates();
  r.reordered = arrivals.reordered();
  r.first_message = arrivals.first();
  r.length = arrivals.last();
}

}  // namespace dgram::app::compare
