// SPDX-License-Identifier: MIT
// How long a message takes to a server on this machine and back, next to bare sockets in the same run. The
// contenders take turns, so that a machine whose speed drifts does so for all of them.
#pragma once

#include "apps/cli/flags.h"

namespace dgram::app {

exit_code run_round_trips(const flags&);

}  // namespace dgram::app
