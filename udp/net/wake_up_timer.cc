// SPDX-License-Identifier: MIT
#include "udp/net/wake_up_timer.h"

#include <chrono>
#include <system_error>

#include <asio/steady_timer.hpp>

#include "udp/net/wake_up_timer_linux.h"

namespace dgram {
namespace {

// To wake for nothing costs ten times what the system call costs that moves the timer, so a steady flow of
// some hundred messages a second moves it each time. A fast one would pay for each message what it saves
// once in a round trip, and moves it no more often than this.
constexpr duration moving_interval = std::chrono::milliseconds(1);

class portable_wake_up_timer final : public wake_up_timer {
 public:
  portable_wake_up_timer(const asio::any_io_executor& executor, std::function<void()> on_time)
      : wake_up_timer(std::move(on_time)), timer_(executor) {}

  void cancel() override { timer_.cancel(); }

 private:
  void arm(time_point at) override {
    timer_.expires_at(at);
    timer_.async_wait([this, watch = observe_lifetime()](std::error_code error) {
      if (!error && !watch.over()) fired();
    });
  }

  asio::steady_timer timer_;
};

}  // namespace

std::unique_ptr<wake_up_timer> wake_up_timer::make(const asio::any_io_executor& executor,
                                                   std::function<void()> on_time, bool force_portable) {
#if defined(__linux__)
  if (!force_portable) return std::make_unique<linux_wake_up_timer>(executor, std::move(on_time));
#endif
  return std::make_unique<portable_wake_up_timer>(executor, std::move(on_time));
}

void wake_up_timer::set(std::optional<time_point> at, time_point now) {
  if (!at) return;
  const bool early_enough = armed_for_ && *armed_for_ <= *at;
  if (early_enough && (*armed_for_ == *at || now - moved_ < moving_interval)) return;
  armed_for_ = at;
  moved_ = now;
  arm(*at);
}

void wake_up_timer::fired() {
  armed_for_.reset();
  const auto on_time = on_time_;  // what it calls may destroy this
  on_time();
}

}  // namespace dgram
