// SPDX-License-Identifier: MIT
// How much of a queue that overflows may be ours? Beside a flow that fills the buffer until it loses, a bound
// on what is in flight: less at each sign of overflow, and then along the curve that such a flow takes itself
// (CUBIC, RFC 9438 section 4.2), so that neither starves the other. Knows bytes and times.
#pragma once

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>

#include "udp/core/time.h"

namespace dgram {

class queue_share {
 public:
  bool bounds() const { return bounded_; }
  // The queue overflowed, or was marked, with `held` bytes of ours in flight: `keep` per mille of them may
  // stay.
  void overflowed(time_point now, std::uint64_t held, std::uint64_t keep, std::uint64_t datagram) {
    const double at = static_cast<double>(held) / static_cast<double>(datagram);
    // Whoever is cut below its last peak is losing ground to others: it gives way a little more, so that
    // shares converge (section 4.7).
    peak_ = bounded_ && at < peak_ ? at * static_cast<double>(1000 + keep) / 2000 : at;
    const double kept = at * static_cast<double>(keep) / 1000;
    until_peak_ = std::cbrt(std::max(0.0, peak_ - kept) / growth);
    since_ = now;
    bounded_ = true;
    ++cuts_;
  }
  std::uint64_t bytes(time_point now, std::uint64_t datagram) const {
    const double t = std::chrono::duration<double>(now - since_).count() - until_peak_;
    return static_cast<std::uint64_t>(std::clamp(growth * t * t * t + peak_, 0.0, most) *
                                      static_cast<double>(datagram));
  }
  void lift() {
    bounded_ = false;
    cuts_ = 0;
  }

  // A round trip began; and in it something was lost to the full queue.
  void round(time_point now) {
    rounds_ = static_cast<std::uint8_t>(rounds_ << 1);
    if (std::popcount(rounds_) < futile || cuts_ < tried) return;
    rounds_ = 0;
    unheeded_until_ = now + unheeded;
    lift();
  }
  void lost() { rounds_ |= 1; }
  // Flows that give way at a loss leave most rounds without one. Where five of eight lose, the others do not
  // give way (BBR version 1), and giving way to them would only starve us.
  bool heeds_loss(time_point now) const { return now >= unheeded_until_; }

 private:
  static constexpr int futile = 5;
  static constexpr int tried = 3;
  static constexpr duration unheeded = std::chrono::seconds(10);
  static constexpr double growth = 0.4;  // datagrams per s^3: C of section 5
  static constexpr double most = 1e6;    // datagrams: above any window
  double peak_ = 0;                      // datagrams
  double until_peak_ = 0;                // seconds
  time_point since_{};
  bool bounded_ = false;
  int cuts_ = 0;             // since it bounds
  std::uint8_t rounds_ = 0;  // a bit for each of the last eight, newest lowest: something was lost
  time_point unheeded_until_{};
};

}  // namespace dgram
