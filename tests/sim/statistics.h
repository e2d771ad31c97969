// SPDX-License-Identifier: MIT
// Bars for counts of random events. Seeds are fixed, so a test of them either always passes or never.
#pragma once

#include <cmath>
#include <cstdint>

#include "tests/support/catch.h"

namespace dgram::test {

// Four standard deviations: a correct law misses that once in 16,000 seeds.
inline constexpr double deviations = 4;

// Of a binomial count.
inline void check_share(std::uint64_t count, double probability, std::uint64_t trials) {
  const double expected = probability * static_cast<double>(trials);
  const double deviation = std::sqrt(expected * (1 - probability));
  CHECK(std::abs(static_cast<double>(count) - expected) <= deviations * deviation);
}

// Of the mean of independent samples with that standard deviation each.
inline void check_mean(double sum, double expected, double deviation, std::uint64_t samples) {
  const auto n = static_cast<double>(samples);
  CHECK(std::abs(sum / n - expected) <= deviations * deviation / std::sqrt(n));
}

}  // namespace dgram::test
