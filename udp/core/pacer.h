// SPDX-License-Identifier: MIT
// When may the next datagram leave? A token bucket over bytes, so that a window leaves evenly over a round
// trip and not as one burst (RFC 9002 section 7.7). Knows rates and times.
#pragma once

#include <cstdint>
#include <optional>

#include "udp/core/time.h"

namespace dgram {

class pacer {
 public:
  // Bytes per second; 0: no limit. May change at any time.
  void rate(std::uint64_t bytes_per_second, time_point now);
  // Whether a datagram may leave now. What must not wait may leave all the same, and is charged.
  bool open(time_point now) const;
  void sent(std::uint64_t bytes, time_point now);
  // When it opens again; nullopt while it is open.
  std::optional<time_point> opens_at(time_point now) const;

 private:
  std::uint64_t rate_ = 0;
};

}  // namespace dgram
