// SPDX-License-Identifier: MIT
// One call of udp_compare: measures every point, says how far it is, and hands over what it found.
#pragma once

#include "apps/cli/exit_code.h"
#include "apps/compare/compare_options.h"
#include "apps/compare/deliverables.h"

namespace dgram::app::compare {

// Throws start_up_error.
exit_code compare_and_show(const compare_options&, deliverables&);

}  // namespace dgram::app::compare
