// SPDX-License-Identifier: MIT
// "udp_compare report FILE.json": shows again what was measured once.
#pragma once

#include "apps/cli/exit_code.h"
#include "apps/cli/flags.h"

namespace dgram::app::compare {

// The report goes to --report, or beside FILE.json when no output is named. Throws usage_error.
exit_code redraw(const flags&);

}  // namespace dgram::app::compare
