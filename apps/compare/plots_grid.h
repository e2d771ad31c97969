// SPDX-License-Identifier: MIT
// The points of a sweep in order: one swept thing along an axis, the others as rows of their own.
#pragma once

#include <string>
#include <vector>

#include "apps/compare/comparison.h"

namespace dgram::app::compare {

struct sweep_grid {
  struct row {
    std::string name;                    // "rtt=100ms"; empty when one thing was swept
    std::vector<const point*> settings;  // one for each value; nullptr where there is none
  };
  std::string along;                // what lies along the axis: "loss"
  std::vector<std::string> values;  // "0%", "5%"
  std::vector<row> rows;
};

// The first thing swept lies along the axis. Points that were not swept alike stand in one row by their
// names. The comparison must outlive the grid.
sweep_grid grid_of(const comparison&);

}  // namespace dgram::app::compare
