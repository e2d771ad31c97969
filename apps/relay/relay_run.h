// SPDX-License-Identifier: MIT
// One run of udp_relay, from its options to its exit code.
#pragma once

#include "apps/cli/exit_code.h"
#include "apps/relay/relay_options.h"

namespace dgram::app {

exit_code run_relay(relay_run_options);

}  // namespace dgram::app
