// SPDX-License-Identifier: MIT
// The wake-up timer on Linux: a timerfd of its own. asio's timers share one, which stays at the earlier
// moment when a timer is moved to a later one behind another's: a wake-up for nothing with every message of
// a program that has timers too.
#pragma once

#if defined(__linux__)

#include <functional>

#include <asio/posix/stream_descriptor.hpp>

#include "udp/net/wake_up_timer.h"

namespace dgram {

class linux_wake_up_timer final : public wake_up_timer {
 public:
  linux_wake_up_timer(const asio::any_io_executor&, std::function<void()> on_time);

  void cancel() override;

 private:
  void arm(time_point) override;
  void wait();

  asio::posix::stream_descriptor timer_;
  bool waiting_ = false;  // only while it is armed, so that it keeps no loop alive otherwise
};

}  // namespace dgram

#endif
