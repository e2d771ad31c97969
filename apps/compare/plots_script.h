// SPDX-License-Identifier: MIT
// Pieces of gnuplot script that all plots share. Knows gnuplot's language, not what is plotted.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "apps/compare/plots_data.h"

namespace dgram::app::compare {

// In single quotes, in which gnuplot replaces nothing (in double quotes `…` would be run by a shell). At most
// 40 characters; control characters are left out, and quotes become ’ (gnuplot 5.4 stumbles over a string
// that begins with an escaped one).
std::string gnuplot_text(std::string_view);
// The same for the label of a tic, which gnuplot takes for a format.
std::string gnuplot_tic(std::string_view);
std::string gnuplot_number(double);

// A width at which text can still be read when a phone shrinks the plot to its screen.
inline constexpr int plot_width = 440;
inline constexpr int plot_height = 290;
// An SVG of that height in pixels, quiet axes, no key.
std::string plot_start(int height = plot_height);
// "$name << EOD …"; inf and nan are NaN, at which gnuplot breaks a line.
std::string data_block(std::string_view name, const std::vector<xy>&);

// A log axis in milliseconds ('x' or 'y') whose labels carry their unit. The ends are rounded outward.
struct log_range {
  double low = 1;
  double high = 10;
};
// A step of 1, 2 or 5 times a power of ten that divides `length` into 5 or fewer.
double nice_step(double length);
log_range around(double least_ms, double greatest_ms);
std::string time_axis(char axis, log_range, std::size_t most_labels = 7);
// Where that share of a log axis lies, 0 at its low end.
double part_of(log_range, double share);

}  // namespace dgram::app::compare
