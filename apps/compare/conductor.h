// SPDX-License-Identifier: MIT
// Has the contenders run one after another, in turns, and makes a point of a comparison of what comes out.
// Does not know how a run is made.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>

#include "apps/compare/comparison.h"
#include "apps/compare/setting.h"

namespace dgram::app::compare {

struct run_result {
  run measured;
  std::uint64_t device_drops = 0;
};

// Nothing: somebody asked to end.
using runner = std::function<std::optional<run_result>(const entrant&, const plan&, const impairment&)>;
// Before each run.
using progress = std::function<void(std::uint32_t repetition, const entrant&)>;

struct measured_point {
  compare::point point;
  bool cut_short = false;  // it holds the runs that ended before
};
measured_point measure(const setting&, const lineup&, const runner&, const progress&);

}  // namespace dgram::app::compare
