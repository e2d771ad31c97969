// SPDX-License-Identifier: MIT
// The conservative controller: slow start, then a datagram more per round trip, and half of the window at any
// loss (RFC 9002 section 7 and appendix B). Knows bytes and times.
#pragma once

#include "udp/core/congestion.h"

namespace dgram {

class new_reno final : public congestion_controller {
 public:
  explicit new_reno(std::uint64_t datagram_size);

  void sent(time_point, std::uint64_t, std::uint64_t) override {}
  void acknowledged(const acknowledgement&) override;
  void silent(std::uint32_t probes) override;
  // Undoes the last reduction when all that was lost in it has come to light.
  void spurious_loss(time_point now, std::uint64_t bytes) override;
  void datagram_size(std::uint64_t bytes) override;

  std::uint64_t window() const override { return window_; }
  std::uint64_t pacing_rate() const override;

 private:
  void measure(const acknowledgement&);
  void congestion(std::uint64_t delivered, time_point now);
  void grow(const acknowledgement&);
  std::uint64_t least_window() const { return 2 * datagram_; }
  bool in_recovery() const { return recovery_since_.has_value(); }

  std::uint64_t datagram_;
  std::uint64_t window_;
  std::uint64_t threshold_;       // of slow start
  std::uint64_t toward_one_ = 0;  // bytes acknowledged toward the next datagram of growth
  duration smoothed_{0};          // 0 before any sample
  // Recovery: one reduction for all that was sent before it (section 7.3.2). It ends with the first
  // acknowledgement of a packet that left later, told by what had been delivered when it left.
  std::optional<time_point> recovery_since_;
  time_point last_reduction_{};
  bool reduced_ = false, collapsed_ = false;
  std::uint64_t recovery_delivered_ = 0;
  // What the last reduction took, until it is final.
  std::uint64_t lost_in_it_ = 0;
  std::uint64_t window_before_ = 0, threshold_before_ = 0;
};

}  // namespace dgram
