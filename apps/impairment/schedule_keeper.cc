// SPDX-License-Identifier: MIT
#include "apps/impairment/schedule_keeper.h"

#if defined(__linux__)
#include <sched.h>
#include <sys/prctl.h>
#endif
#include <sys/resource.h>

namespace dgram::app {

void keep_schedule() {
#if defined(__linux__)
  // 1 ns in the place of 50 µs; real-time threads have none anyway.
  ::prctl(PR_SET_TIMERSLACK, 1UL);
  sched_param lowest{};
  lowest.sched_priority = ::sched_get_priority_min(SCHED_RR);
  if (::sched_setscheduler(0, SCHED_RR | SCHED_RESET_ON_FORK, &lowest) == 0) return;
#endif
  ::setpriority(PRIO_PROCESS, 0, -10);
}

}  // namespace dgram::app
