// SPDX-License-Identifier: MIT
// What plots are made of, computed from samples. Draws nothing. Milliseconds are doubles here, and what never
// came is +inf or only counted; warm-up is in nothing.
#pragma once

#include <cstddef>
#include <optional>
#include <utility>
#include <vector>

#include "apps/compare/comparison.h"

namespace dgram::app::compare {

inline double in_ms(duration d) {
  return std::chrono::duration<double, std::milli>(d).count();
}

// Latencies of all repetitions of a contender.
struct latencies {
  std::vector<double> ms;  // of what came, sorted, at least a microsecond each
  std::size_t total = 0;   // and of what did not

  double quantile(double p) const;       // p in [0, 1]; inf when that share did not come
  double share_within(double ms) const;  // of the total
  double share_lost() const;
};
latencies pooled(const contender&);

using xy = std::pair<double, double>;

// (-log10(1 - p), latency): the axis on which 90 %, 99 % and 99.9 % are equally far apart. At most `most`.
std::vector<xy> tail_curve(const latencies&, std::size_t most);
// (deadline, percent within it), at `count` deadlines evenly spaced on a log axis.
std::vector<xy> deadline_curve(const latencies&, double from_ms, double to_ms, std::size_t count);

// (seconds since the first measured message, latency or inf), in that order. Of more than `most`, the least
// and the greatest of each stretch, so that no spike is missing.
std::vector<xy> over_time(const run&, std::size_t most);
// In seconds on the same axis.
double seconds_before_measuring(const run&);

// Index into `runs` for plots of a single repetition: the one with the middle count of lost packets among
// those that everybody finished. Nothing when there is none.
std::optional<std::size_t> typical_repetition(const point&);

// The longest gap that many messages waited behind, in one repetition.
struct burst {
  std::size_t contender = 0;
  std::size_t messages = 0;  // released within 2 ms
  double from_ms = 0;        // when the oldest of them should have been sent
  double to_ms = 0;          // when they were released
};
burst largest_burst(const point&, std::size_t repetition);

// (ms since `from`, how many had arrived since then), a step each; `sent` counts intended sends instead.
std::vector<xy> arrivals(const run&, double from_ms, double to_ms);
std::vector<xy> sends(const run&, double from_ms, double to_ms);
// No more than `most` of the steps, the first and the last among them.
std::vector<xy> thinned_steps(const std::vector<xy>&, std::size_t most);

}  // namespace dgram::app::compare
