// SPDX-License-Identifier: MIT
// Did the path become much slower? Two stretches in a row, each at least the least round trip long, in which
// far less was delivered than the path was known to carry while every round trip was far above the least one.
// Knows bytes and times; whether the sender had enough to send is told to it.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <utility>

#include "udp/core/delivery_rate.h"
#include "udp/core/time.h"

namespace dgram {

class capacity_drop {
 public:
  // Forgets what it gathered: the sender had nothing to send, or has just reacted.
  void restart() { *this = {}; }

  // One acknowledgement of `bytes`. `expected` bytes per second should arrive, and `least_trip` is the least
  // round trip, by what the path was known for. Returns the rate it has now, in bytes per second, when it
  // dropped.
  std::optional<std::uint64_t> heard(time_point now, std::uint64_t bytes, std::optional<duration> round_trip,
                                     std::uint64_t expected, duration least_trip) {
    if (since_ == time_point{}) {
      since_ = now;
      return std::nullopt;
    }
    bytes_ += bytes;
    if (round_trip) least_ = std::min(least_, *round_trip);
    if (now - since_ < std::max(least_trip, shortest)) return std::nullopt;
    const stretch last{bytes_, now - since_};
    const bool low = least_ > least_trip * 5 / 2 && least_ != never &&
                     bytes_per_second(last.bytes, last.lasted) < expected * 3 / 5;
    const stretch before = std::exchange(low_before_, low ? last : stretch{});
    since_ = now;
    bytes_ = 0;
    least_ = never;
    if (!low || before.lasted == duration{0}) return std::nullopt;
    // A path that stood still and then delivers what it held in a lump had one low stretch, not two.
    return bytes_per_second(before.bytes + last.bytes, before.lasted + last.lasted);
  }

 private:
  struct stretch {
    std::uint64_t bytes = 0;
    duration lasted{0};
  };
  static constexpr duration shortest = std::chrono::milliseconds(20);
  static constexpr duration never = duration::max();

  time_point since_{};
  std::uint64_t bytes_ = 0;
  duration least_ = never;
  stretch low_before_;
};

}  // namespace dgram
