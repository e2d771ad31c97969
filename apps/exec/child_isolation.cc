// SPDX-License-Identifier: MIT
// The Linux calls are in #if defined(__linux__), each beside what stands in for it elsewhere.
#include "apps/exec/child_isolation.h"

#include <signal.h>
#include <unistd.h>
#if defined(__linux__)
#include <sys/prctl.h>
#include <sys/syscall.h>
#endif

namespace dgram::app::exec {

void close_from(int first) noexcept {
#if defined(__linux__) && defined(SYS_close_range)
  if (::syscall(SYS_close_range, static_cast<unsigned>(first), ~0U, 0) == 0) return;  // since Linux 5.9
#endif
  const long most = ::sysconf(_SC_OPEN_MAX);
  for (long descriptor = first; descriptor < most; ++descriptor) ::close(static_cast<int>(descriptor));
}

void die_with_parent() noexcept {
#if defined(__linux__)
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
#endif
}

void reset_signals() noexcept {
  struct sigaction usual {};
  usual.sa_handler = SIG_DFL;
  sigemptyset(&usual.sa_mask);
  for (int number = 1; number < NSIG; ++number) ::sigaction(number, &usual, nullptr);
  ::sigprocmask(SIG_SETMASK, &usual.sa_mask, nullptr);
}

}  // namespace dgram::app::exec
