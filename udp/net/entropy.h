// SPDX-License-Identifier: MIT
// Random bits that nobody can guess, from the operating system.
#pragma once

#include "udp/core/switchboard.h"

namespace dgram {

// Reads the system's source in blocks, so that a session id costs no system call of its own.
random_source system_entropy();

}  // namespace dgram
