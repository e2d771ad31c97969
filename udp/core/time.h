// SPDX-License-Identifier: MIT
// The two words for time in the core. Time always comes in as an argument: nothing here reads a clock.
#pragma once

#include <chrono>

namespace dgram {

using time_point = std::chrono::steady_clock::time_point;
using duration = std::chrono::nanoseconds;

}  // namespace dgram
