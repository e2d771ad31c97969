// SPDX-License-Identifier: MIT
// When to ring: once a second at most. Knows no terminal.
#pragma once

#include <optional>

#include "udp/core/time.h"

namespace dgram::app {

class bell {
 public:
  explicit bell(bool wanted) : wanted_(wanted) {}

  // Whether it rings now for what would ring it.
  bool rings(time_point now) {
    if (!wanted_ || (quiet_until_ && now < *quiet_until_)) return false;
    quiet_until_ = now + std::chrono::seconds(1);
    return true;
  }

 private:
  bool wanted_;
  std::optional<time_point> quiet_until_;
};

}  // namespace dgram::app
