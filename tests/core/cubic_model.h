// SPDX-License-Identifier: MIT
// A textbook CUBIC (RFC 9438) as a competitor in the model of a bottleneck: slow start that ends when the
// round trip grows (HyStart), the cubic function, 0.7 at a loss; clocked by acknowledgements, not paced.
#pragma once

#include <algorithm>
#include <cmath>

#include "udp/core/congestion.h"

namespace dgram::test {

class cubic_model final : public congestion_controller {
 public:
  explicit cubic_model(std::uint64_t datagram) : datagram_(static_cast<double>(datagram)), window_(10) {}

  void sent(time_point, std::uint64_t, std::uint64_t) override {}
  void acknowledged(const acknowledgement& a) override {
    if (a.round_trip) {
      trip_ = *a.round_trip;
      least_ = std::min(least_, trip_);
    }
    if (a.lost_bytes > 0 && a.newest_lost_sent > reduced_at_) reduce(a.now);
    if (a.acked_bytes == 0 || !a.window_limited) return;
    const double acked = static_cast<double>(a.acked_bytes) / datagram_;
    if (window_ < threshold_) {
      window_ += acked;
      if (trip_ > least_ + std::clamp<duration>(least_ / 8, std::chrono::milliseconds(4),
                                                std::chrono::milliseconds(16)))
        threshold_ = window_;
      return;
    }
    grow(a.now, acked);
  }
  void silent(std::uint32_t probes) override {
    if (probes == 1) threshold_ = std::max(2.0, window_ * 0.7), window_ = 1, epoch_ = {};
  }
  void spurious_loss(time_point, std::uint64_t) override {}
  void datagram_size(std::uint64_t) override {}
  std::uint64_t window() const override {
    return static_cast<std::uint64_t>(std::max(2.0, window_) * datagram_);
  }
  std::uint64_t pacing_rate() const override { return 0; }

 private:
  static double in_seconds(duration d) { return std::chrono::duration<double>(d).count(); }
  void reduce(time_point now) {
    most_ = window_ < most_ ? window_ * 0.85 : window_;  // fast convergence
    threshold_ = window_ = std::max(2.0, window_ * 0.7);
    reduced_at_ = now;
    epoch_ = {};
  }
  void grow(time_point now, double acked) {
    if (epoch_ == time_point{}) {
      epoch_ = now;
      if (most_ < window_) most_ = window_;
      until_most_ = std::cbrt((most_ - window_) / 0.4);
      friendly_ = window_;
    }
    const double t = in_seconds(now - epoch_ + trip_) - until_most_;
    const double target = std::clamp(0.4 * t * t * t + most_, window_, 1.5 * window_);
    friendly_ += 0.53 * acked / window_;
    window_ += (target - window_) / window_ * acked;
    window_ = std::max(window_, friendly_);
  }

  double datagram_, window_, threshold_ = 1e9, most_ = 0, until_most_ = 0, friendly_ = 0;
  duration trip_{0}, least_ = duration::max();
  time_point reduced_at_{}, epoch_{};
};

}  // namespace dgram::test
