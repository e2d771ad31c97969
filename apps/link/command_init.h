// SPDX-License-Identifier: MIT
// The first process of the PID namespace: starts the commands, reaps whatever is orphaned, tells how they
// ended. When it ends, for whatever reason, the kernel kills every process of the namespace.
#pragma once

#include <array>

#include "apps/link/command_channel.h"
#include "apps/link/tun_pair.h"

namespace dgram::app {

// Ends when the other end of `channel` is closed, and when its parent dies.
[[noreturn]] void run_command_init(int channel, const tun_pair&, const std::array<link_command, 2>&);

}  // namespace dgram::app
