// SPDX-License-Identifier: MIT
// What the figures say, in one paragraph for a lay reader.
#pragma once

#include <string>

#include "apps/compare/comparison.h"
#include "apps/compare/plan.h"

namespace dgram::app::compare {

// Of contenders that have figures.
std::string verdict_of(const point&, const plan&);

}  // namespace dgram::app::compare
