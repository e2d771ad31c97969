// SPDX-License-Identifier: MIT
// The one timer of an endpoint. Its moment changes with almost every message, so it is moved only when that
// pays. Knows nothing of what it is for.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <utility>

#include <asio/any_io_executor.hpp>

#include "udp/core/time.h"
#include "udp/net/lifetime.h"

namespace dgram {

class wake_up_timer {
 public:
  // Of a kind that suits the system; `force_portable`: of asio's. Throws std::system_error.
  static std::unique_ptr<wake_up_timer> make(const asio::any_io_executor&, std::function<void()> on_time,
                                             bool force_portable = false);
  virtual ~wake_up_timer() = default;

  // Calls on_time at that moment, or before it: for nothing then, and it is to be set again. `nullopt`
  // changes nothing.
  void set(std::optional<time_point> at, time_point now);
  virtual void cancel() = 0;

 protected:
  explicit wake_up_timer(std::function<void()> on_time) : on_time_(std::move(on_time)) {}

  virtual void arm(time_point) = 0;
  lifetime::watch observe_lifetime() const { return lifetime_.observe(); }
  // The moment has come. Afterwards this may be destroyed.
  void fired();

 private:
  std::function<void()> on_time_;
  std::optional<time_point> armed_for_;
  time_point moved_{};
  lifetime lifetime_;
};

}  // namespace dgram
