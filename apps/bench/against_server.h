// SPDX-License-Identifier: MIT
// udp_bench load and udp_bench crowd: many peers against a server that runs already, and what is said about
// how it went.
#pragma once

#include "apps/cli/flags.h"

namespace dgram::app {

// The words after the command: [HOST [PORT]].
exit_code load_server(const flags&);
exit_code crowd_server(const flags&);

}  // namespace dgram::app
