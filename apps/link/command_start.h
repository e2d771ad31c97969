// SPDX-License-Identifier: MIT
// The last steps of a freshly forked process before it is somebody else's program.
#pragma once

#include "apps/link/command_channel.h"
#include "apps/link/tun_pair.h"

namespace dgram::app {

// Returns only when there is an error: an errno.
int become_command(const link_command&, side, const tun_pair&);

}  // namespace dgram::app
