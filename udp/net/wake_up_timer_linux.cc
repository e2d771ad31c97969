// SPDX-License-Identifier: MIT
#include "udp/net/wake_up_timer_linux.h"

#if defined(__linux__)

#include <sys/timerfd.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdint>
#include <system_error>

namespace dgram {
namespace {

// std::chrono::steady_clock is CLOCK_MONOTONIC.
int make_timer() {
  const int descriptor = ::timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
  if (descriptor < 0) throw std::system_error(errno, std::system_category(), "timerfd_create");
  return descriptor;
}

}  // namespace

linux_wake_up_timer::linux_wake_up_timer(const asio::any_io_executor& executor, std::function<void()> on_time)
    : wake_up_timer(std::move(on_time)), timer_(executor, make_timer()) {}

void linux_wake_up_timer::cancel() {
  std::error_code ignored;
  timer_.close(ignored);
}

void linux_wake_up_timer::arm(time_point at) {
  if (!timer_.is_open()) return;
  // A zero would disarm it.
  const auto since = std::max<duration>(at.time_since_epoch(), duration{1});
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(since);
  itimerspec when{};
  when.it_value.tv_sec = seconds.count();
  when.it_value.tv_nsec = (since - seconds).count();
  ::timerfd_settime(timer_.native_handle(), TFD_TIMER_ABSTIME, &when, nullptr);
  if (!waiting_) wait();
}

void linux_wake_up_timer::wait() {
  waiting_ = true;
  timer_.async_wait(timer_.wait_read, [this, watch = observe_lifetime()](std::error_code error) {
    if (error || watch.over()) return;
    std::uint64_t expirations = 0;
    waiting_ = ::read(timer_.native_handle(), &expirations, sizeof expirations) < 0;
    // Nothing to read: it was moved after it had come.
    if (waiting_) return wait();
    fired();
  });
}

}  // namespace dgram

#endif
