// SPDX-License-Identifier: MIT
// The one place in net that reads a clock.
#pragma once

#include <chrono>

#include "udp/core/time.h"

namespace dgram {

inline time_point read_clock() {
  return std::chrono::steady_clock::now();
}

}  // namespace dgram
