// SPDX-License-Identifier: MIT
// Processor time used so far, system time included. POSIX.
#pragma once

#include <time.h>

#include "udp/core/time.h"

namespace dgram::app::compare {

// By the calling thread (CLOCK_THREAD_CPUTIME_ID) or by all of this process (CLOCK_PROCESS_CPUTIME_ID).
inline duration cpu_time(clockid_t of) {
  timespec t{};
  ::clock_gettime(of, &t);
  return std::chrono::seconds(t.tv_sec) + std::chrono::nanoseconds(t.tv_nsec);
}

}  // namespace dgram::app::compare
