// SPDX-License-Identifier: MIT
// Latencies in bounded memory: 128 equal steps in each power of two, as HdrHistogram has it, so any
// quantile is within 1 % of the true value (in fact 0.4 %: the middle of a step is reported).
#pragma once

#include <cstdint>
#include <vector>

#include "udp/core/time.h"

namespace dgram::app {

class latency_histogram {
 public:
  // Negative latencies count as zero.
  void record(duration latency);
  latency_histogram& operator+=(const latency_histogram&);

  std::uint64_t count() const { return count_; }
  // Exact; zero when empty.
  duration max() const { return duration(static_cast<std::int64_t>(max_)); }
  // The least recorded latency that at least `fraction` (0..1) of all do not exceed; zero when empty.
  duration quantile(double fraction) const;

 private:
  std::vector<std::uint64_t> steps_;  // grows to what was seen, 58 kB at most
  std::uint64_t count_ = 0;
  std::uint64_t max_ = 0;
};

}  // namespace dgram::app
