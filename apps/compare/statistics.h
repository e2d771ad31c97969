// SPDX-License-Identifier: MIT
// Quantiles of latencies of which some never ended, and how far to trust a figure that a few repetitions
// gave. Knows nothing of runs.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <span>
#include <vector>

#include "apps/compare/comparison.h"

namespace dgram::app::compare {

// A message that had not arrived when the run ended: more than any other value.
inline constexpr double never = std::numeric_limits<double>::infinity();

// How often each repetition is taken.
using weights = std::vector<std::uint32_t>;

// The values of all repetitions together.
class pooled_values {
 public:
  // By repetition.
  explicit pooled_values(const std::vector<std::vector<double>>&);

  // The least value that at least `fraction` (0..1) of all do not exceed (nearest rank); `never` when there
  // are none.
  double quantile(double fraction, const weights&) const;
  // Of values <= limit; 0 when there are none.
  double share_within(double limit, const weights&) const;

 private:
  struct value {
    double number;
    std::uint32_t repetition;
  };
  std::vector<value> sorted_;
  std::vector<std::size_t> sizes_;  // by repetition

  double total(const weights&) const;
};

// Percentile bootstrap (Efron 1979) over whole repetitions, because the messages of one run are not
// independent of one another: one stall makes many of them late.
//
// With n repetitions it rests on n values, whatever it draws from them. For n = 5 such an interval holds the
// true value in about 85 of 100 cases and not in 95, for n = 20 in about 93: intervals that do not overlap
// are good evidence, and intervals that do are no proof of equality. A p99 is steadier than a p99.9.
class bootstrap {
 public:
  static constexpr std::size_t resamples = 1000;

  // `repetitions` > 0.
  bootstrap(std::size_t repetitions, std::uint64_t seed);

  // The figure of all repetitions, each once, and the 2.5th and 97.5th percentile over the resamples. Of one
  // repetition nothing is known but the value.
  estimate of(const std::function<double(const weights&)>& figure) const;

 private:
  std::size_t repetitions_;
  std::vector<weights> drawn_;
};

// With n repetitions each, two equal contenders come out wholly apart in 2 of (2n over n) cases: 33 % for n =
// 2, 10 % for n = 3, 3 % for n = 4. Below that nobody is ranked.
inline constexpr std::size_t least_ranked = 4;

// Intervals that share a value. Two that are both `never` throughout do.
bool overlap(const estimate&, const estimate&);

// Everybody against the best, by index and in order of value: whose interval overlaps that of the best, and
// whose does not. Nothing is said of two others, because overlapping is not transitive: what is like the best
// may well differ from what is like it too. Estimates that are NaN are left out.
struct standing {
  std::vector<std::size_t> best;  // one, or none when there are no estimates
  std::vector<std::size_t> like_best;
  std::vector<std::size_t> worse;

  bool operator==(const standing&) const = default;
};
standing standing_of(std::span<const estimate>, bool less_is_better);

}  // namespace dgram::app::compare
