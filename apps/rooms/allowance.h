// SPDX-License-Identifier: MIT
// So much at once, and then one per interval: a token bucket (RFC 2697 without its second bucket), kept as
// the moment at which it would be full again.
#pragma once

#include <algorithm>

#include "udp/core/time.h"

namespace dgram::app::rooms {

class allowance {
 public:
  allowance(int at_once, duration interval) : burst_(interval * (at_once - 1)), interval_(interval) {}

  // When the next one is within the allowance: `now` or later.
  time_point next(time_point now) const { return std::max(now, full_ - burst_); }
  void spend(time_point now) { full_ = std::max(now, full_) + interval_; }
  bool take(time_point now) {
    if (next(now) > now) return false;
    spend(now);
    return true;
  }

 private:
  duration burst_;
  duration interval_;
  time_point full_{};
};

}  // namespace dgram::app::rooms
