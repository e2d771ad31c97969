// SPDX-License-Identifier: MIT
// One way to send a message to an echoing server on this machine and to have it back, again and again.
#pragma once

#include <cstdint>
#include <string>

#include "apps/cli/latency_histogram.h"

namespace dgram::app {

class contender {
 public:
  virtual ~contender() = default;
  virtual std::string name() const = 0;
  // `count` round trips, one at a time. Throws when one of them fails.
  virtual void run(std::uint64_t count, latency_histogram&) = 0;
};

}  // namespace dgram::app
