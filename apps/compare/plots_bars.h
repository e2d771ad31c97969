// SPDX-License-Identifier: MIT
// Plots of one figure for each contender: a bar and its interval.
#pragma once

#include <string>
#include <vector>

#include "apps/compare/plots.h"

namespace dgram::app::compare {

// `colours` has one for each contender, as gnuplot calls it.
plot bytes_plot(const point&, const std::vector<std::string>& colours);
plot first_message_plot(const point&, const std::vector<std::string>& colours);

}  // namespace dgram::app::compare
