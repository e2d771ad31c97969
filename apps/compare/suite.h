// SPDX-License-Identifier: MIT
// udp_compare suite: measures the suite's cases one after another, says how far it is, and hands over which
// bars hold.
#pragma once

#include "apps/cli/exit_code.h"
#include "apps/cli/flags.h"

namespace dgram::app::compare {

// check_failed when a bar of ours is missed or was not measured. Throws usage_error and start_up_error.
exit_code run_suite(const flags&);

}  // namespace dgram::app::compare
