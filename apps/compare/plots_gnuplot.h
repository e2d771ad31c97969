// SPDX-License-Identifier: MIT
// One run of gnuplot: a script in, an SVG out. Knows nothing of what is drawn.
#pragma once

#include <string>

#include "udp/core/time.h"

namespace dgram::app::compare {

struct gnuplot_options {
  std::string program = "gnuplot";            // found by PATH
  duration limit = std::chrono::seconds(20);  // for one drawing, after which it is killed
};

struct drawing {
  std::string svg;        // as gnuplot wrote it, at most 4 MiB; empty when there is none
  std::string reason;     // why there is none, one line
  bool hopeless = false;  // gnuplot is not there or hangs: the next drawing would fare no better
};

drawing draw_by_gnuplot(const std::string& script, const gnuplot_options&);

}  // namespace dgram::app::compare
