// SPDX-License-Identifier: MIT
// From runs to the figures of a contender (their names and units: comparison.h).
#pragma once

#include <cstdint>

#include "apps/compare/comparison.h"
#include "apps/compare/plan.h"

namespace dgram::app::compare {

// Runs that failed count for nothing; without any other there are no figures. Percentiles, shares and max are
// of the measured messages of all repetitions pooled, goodput, packets, bytes and CPU are sums over sums,
// first_ms is the median, counts (duplicates, reordered, retransmissions) are means of a run.
void fill_figures(contender&, const plan&, std::uint64_t seed);

}  // namespace dgram::app::compare
