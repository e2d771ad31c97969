// SPDX-License-Identifier: MIT
// --sweep: one setting of the link or the work at several values, each a point of the comparison.
#pragma once

#include <string>
#include <vector>

#include "apps/compare/setting.h"

namespace dgram::app::compare {

struct sweep {
  std::string name;
  std::vector<std::string> values;
};

inline constexpr std::size_t most_points = 100;

// "loss=0,1,5,10,20%": a unit at the end is for all that have none. Throws usage_error.
sweep sweep_from(const std::string& text);
// Every combination; just `base` without a sweep. Names: rtt (both directions together), size, message-rate,
// and whatever a link can be told. Throws usage_error.
std::vector<setting> settings_for(const setting& base, const std::vector<sweep>&);

}  // namespace dgram::app::compare
