// SPDX-License-Identifier: MIT
// Plots of a single repetition, moment by moment: latency over time, and messages released in bursts.
#pragma once

#include <string>
#include <vector>

#include "apps/compare/plots.h"

namespace dgram::app::compare {

// `colours` has one for each contender, as gnuplot calls it.
plot time_plot(const point&, const std::vector<std::string>& colours);
plot burst_plot(const point&, const std::vector<std::string>& colours);

}  // namespace dgram::app::compare
