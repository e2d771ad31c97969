// SPDX-License-Identifier: MIT
// One run in virtual time: the same link, the same schedule, the same messages as on a real link, without
// sockets or a clock. UDP contenders only: there is no TCP here but the kernel's.
#pragma once

#include "apps/compare/comparison.h"
#include "apps/compare/contenders.h"
#include "apps/compare/plan.h"
#include "apps/impairment/impairment.h"

namespace dgram::app::compare {

run simulate(const entrant&, const plan&, const impairment&);

}  // namespace dgram::app::compare
