// SPDX-License-Identifier: MIT
// The Linux call is in #if defined(__linux__).
#include "apps/exec/exit_watch.h"

#include <sys/wait.h>
#include <unistd.h>
#if defined(__linux__)
#include <sys/syscall.h>
#endif

#include <csignal>
#include <utility>

#include <asio/post.hpp>

namespace dgram::app::exec {
namespace {

// -1 where there is none. Becomes readable when the process ends.
int process_descriptor([[maybe_unused]] pid_t id) {
#if defined(__linux__) && defined(SYS_pidfd_open)
  return static_cast<int>(::syscall(SYS_pidfd_open, id, 0));  // closed on exec
#else
  return -1;
#endif
}

bool has_ended(pid_t id) {
  siginfo_t about{};
  return ::waitid(P_PID, static_cast<id_t>(id), &about, WEXITED | WNOHANG | WNOWAIT) != 0 ||
         about.si_pid == id;
}

}  // namespace

exit_watch::exit_watch(const asio::any_io_executor& executor, pid_t id, std::function<void()> on_exit,
                       means by)
    : id_(id), on_exit_(std::move(on_exit)) {
  const int descriptor = by == means::best ? process_descriptor(id) : -1;
  const auto watch = alive_.observe();
  if (descriptor >= 0) {
    process_.emplace(executor, descriptor);
    process_->async_wait(asio::posix::stream_descriptor::wait_read, [this, watch](std::error_code error) {
      if (!watch.over() && !error) std::exchange(on_exit_, nullptr)();
    });
    return;
  }
  signals_.emplace(executor, SIGCHLD);
  wait_for_signal();
  // It may have ended before the signal was asked for.
  asio::post(executor, [this, watch] {
    if (!watch.over() && on_exit_ && has_ended(id_)) std::exchange(on_exit_, nullptr)();
  });
}

void exit_watch::wait_for_signal() {
  signals_->async_wait([this, watch = alive_.observe()](std::error_code error, int) {
    if (watch.over() || error || !on_exit_) return;
    if (!has_ended(id_)) return wait_for_signal();
    std::exchange(on_exit_, nullptr)();
  });
}

}  // namespace dgram::app::exec
