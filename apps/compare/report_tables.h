// SPDX-License-Identifier: MIT
// The tables of the page.
#pragma once

#include <string>

#include "apps/compare/comparison.h"
#include "apps/compare/plots.h"

namespace dgram::app::compare {

// The figures that decide, a contender a line. In bold: what is better than everybody else's beyond its
// interval.
std::string main_table(const point&, duration deadline, const contender_colours&);
// Every figure there is, with its interval.
std::string full_table(const point&, duration deadline);
// p99 of every contender at every point.
std::string sweep_table(const comparison&);
std::string pair_list(const std::vector<std::pair<std::string, std::string>>&);

// A dot in the contender's colour.
std::string colour_dot(const contender&, const contender_colours&);

}  // namespace dgram::app::compare
