// SPDX-License-Identifier: MIT
// Runs over the real link, each in a process of its own.
#pragma once

#include "apps/compare/child_process.h"
#include "apps/compare/conductor.h"

namespace dgram::app::compare {

// Throws start_up_error(unsupported) where there can be no such link; it names --sim.
runner real_runner(child_runner&);

}  // namespace dgram::app::compare
