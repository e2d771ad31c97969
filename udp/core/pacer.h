// SPDX-License-Identifier: MIT
// When may the next datagram leave? A token bucket over bytes, so that a window leaves evenly over a round
// trip and not as one burst (RFC 9002 section 7.7). Knows rates and times.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>

#include "udp/core/time.h"

namespace dgram {

class pacer {
 public:
  // Bytes per second; 0: no limit. May change at any time: what is in the bucket, or owed, stays as many
  // bytes. The first rate finds the bucket full.
  void rate(std::uint64_t bytes_per_second, time_point now);
  // Whether a datagram may leave now. What must not wait may leave all the same, and is charged.
  bool open(time_point now) const { return rate_ == 0 || empty_at_ <= now; }
  // The debt is bounded by one more bucket: what is urgent never shuts out the rest for longer than that.
  void sent(std::uint64_t bytes, time_point now);
  // When it opens again; nullopt while it is open.
  std::optional<time_point> opens_at(time_point now) const {
    return open(now) ? std::nullopt : std::optional(empty_at_);
  }

 private:
  duration bucket() const;  // how long the rate takes to fill it

  // The bucket is kept as the moment at which it was, or will be, empty: no remainder is lost however often
  // it is asked, and nothing must be added up as time passes.
  time_point empty_at_{};
  std::uint64_t rate_ = 0;
};

}  // namespace dgram
