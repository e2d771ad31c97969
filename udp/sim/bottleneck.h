// SPDX-License-Identifier: MIT
// The narrowest place of a link: packets leave one after another, as fast as its rate or its trace of
// delivery opportunities allows, and wait in a bounded droptail queue. Knows no losses and no delays.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "udp/core/ring_queue.h"
#include "udp/core/time.h"
#include "udp/sim/link_options.h"

namespace dgram::sim {

class bottleneck {
 public:
  explicit bottleneck(time_point start) : start_(start), free_at_(start) {}

  // When a packet of that size has left it; nothing when the queue is full. Without a rate and a trace that
  // is now. `now` never goes back. `name` is what reschedule calls it.
  std::optional<time_point> pass(const link_options&, std::size_t size, time_point now,
                                 std::uint64_t name = 0);
  // How long one that comes now waits for those before it.
  duration wait(time_point now) const { return std::max(free_at_ - now, duration{0}); }

  struct rescheduled {
    std::uint64_t name;
    duration later;   // or earlier, below 0
    duration waited;  // from its coming to its leaving
  };
  // From now on the rate is another (both > 0): those that are in it, oldest first. Nothing for a trace.
  std::vector<rescheduled> reschedule(double from_rate, double to_rate, time_point now);

  // In it now, the packet being sent included.
  std::size_t packets() const { return waiting_.size(); }
  std::size_t bytes() const { return bytes_; }

 private:
  struct waiting {
    time_point gone;
    std::size_t size;
    time_point came;
    std::uint64_t name;
  };
  // Where in the trace the last byte went: the rest of that opportunity is still to be had.
  struct cursor {
    time_point round{};    // when the trace began this time
    std::size_t next = 0;  // the opportunity after the one in use
    std::size_t left = 0;  // bytes of the one in use
    time_point at{};       // when that one is
  };

  void let_go(time_point now);
  bool room(const queue_limit&, std::size_t size) const;
  std::optional<time_point> at_rate(const link_options&, std::size_t size, time_point now);
  std::optional<time_point> by_trace(const link_options&, std::size_t size, time_point now);
  cursor first_after(const std::vector<std::uint32_t>& trace, time_point now) const;
  static void take_next(const std::vector<std::uint32_t>& trace, cursor&);

  time_point start_;
  time_point free_at_;
  std::shared_ptr<const std::vector<std::uint32_t>> trace_;  // what cursor_ points into; none: at a rate
  cursor cursor_{};
  ring_queue<waiting> waiting_;
  std::size_t bytes_ = 0;
};

}  // namespace dgram::sim
