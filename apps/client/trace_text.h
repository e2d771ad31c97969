// SPDX-License-Identifier: MIT
// A datagram's fate as one line of --trace.
#pragma once

#include <string>

#include "udp/core/trace.h"

namespace dgram::app {

// "   12.345 ms  sent           #7    64 B, 1 message"; times count from `start`.
std::string to_text(const trace_record&, time_point start);

}  // namespace dgram::app
