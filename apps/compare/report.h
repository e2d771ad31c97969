// SPDX-License-Identifier: MIT
// One page of HTML that shows a comparison: no script, no network, light and dark, wide and narrow. Needs not
// know how anything was measured.
#pragma once

#include <string>

#include "apps/compare/comparison.h"
#include "apps/compare/plots_gnuplot.h"

namespace dgram::app::compare {

struct report {
  std::string html;
  // For stderr when a plot could not be drawn, one line; the page says so too, and its tables still stand.
  std::string complaint;
};

// Below 3 MB: past 2.5 MB of plots, what further settings of a sweep measured stands in tables alone.
report html_report(const comparison&, const gnuplot_options& = {});

}  // namespace dgram::app::compare
