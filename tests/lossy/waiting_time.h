// SPDX-License-Identifier: MIT
// How long something may take, as a distribution: what the bars of the lossy suite are computed with, from
// the timers alone. Knows no transport and no measurement.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "udp/core/time.h"

namespace dgram::test {

class waiting_time {
 public:
  // Everything is rounded up to this; what exceeds the horizon counts as infinite.
  static constexpr duration tick = std::chrono::milliseconds(5);
  static constexpr duration horizon = std::chrono::seconds(60);

  static waiting_time exactly(duration);
  // `first`, and then `step` again and again while it fails with that probability.
  static waiting_time repeated(duration first, duration step, double fails);
  // The k-th attempt comes `at[k]` after the first; the first fails with `fails_first`, each later one with
  // `fails_again`.
  static waiting_time attempts(std::span<const duration> at, double fails_first, double fails_again);
  // `done` at once, or with probability `fails` one `repair` later, or with fails² two, ...
  static waiting_time renewed(duration done, const waiting_time& repair, double fails);

  // This, or `instead` with that probability.
  waiting_time either(double probability, const waiting_time& instead) const;
  // Of one after the other, when they are independent.
  waiting_time then(const waiting_time&) const;
  // Of something that also waits for all that were begun before it, one each `every`. At most that: the
  // probabilities are added up as if no two of them were late together. Several streams may go before it.
  waiting_time behind(std::span<const duration> every) const;

  // The least time within which all but `beyond` are done.
  duration all_but(double beyond) const;

 private:
  waiting_time();
  static std::size_t ticks(duration);
  void add(duration at, double probability);
  std::vector<double> beyond() const;  // by tick: the probability of more than that

  std::vector<double> at_;  // probability by tick
};

}  // namespace dgram::test
