// SPDX-License-Identifier: MIT
// How long is the path? Smoothed and least round trip, and the timeouts that follow from them. Knows only
// durations; whose datagrams they were is somebody else's question.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>

#include "udp/core/time.h"

namespace dgram {

// No acknowledgement of ours is held back longer, and no peer's claim of more is believed.
inline constexpr duration max_ack_delay_cap = std::chrono::milliseconds(5);

class rtt_estimator {
 public:
  explicit rtt_estimator(duration initial_timeout) : initial_timeout_(initial_timeout) {}

  // One measured round trip; `peer_delay` is what the peer says it waited before it acknowledged (RFC 9002
  // section 5.3).
  void sample(duration measured, duration peer_delay);
  // Starts from what an earlier session to the same peer knew.
  void remember(const rtt_estimator& earlier);

  bool measured() const { return smoothed_.has_value(); }
  duration smoothed() const { return smoothed_.value_or(initial_timeout_); }
  duration least() const { return least_; }
  duration latest() const { return latest_; }
  // The latest sample without what the peer says it waited.
  duration latest_path() const { return latest_path_; }
  // Mean deviation of the samples, without the peer's waiting.
  duration variation() const { return variation_; }
  // The same, but falling by no more than a 32nd with each sample: what one in a dozen samples shows is not
  // forgotten between them.
  duration spread() const { return spread_; }
  // The longest of the last 128 to 256 samples, likewise.
  duration recent_max() const { return std::max(max_before_, max_); }
  // Taken in this session, so not those that were remembered.
  std::uint64_t samples() const { return samples_; }

  // How long an acknowledgement may be held back, by us and, as we assume, by the peer: a fraction of the
  // path, so that it is never felt.
  duration max_ack_delay() const;
  // Time from a datagram to the probe for it (RFC 9002 section 6.2.1), before back-off.
  duration probe_timeout() const;

 private:
  static constexpr std::uint64_t block = 128;

  void note_longest(duration);

  duration initial_timeout_;
  std::optional<duration> smoothed_;
  duration variation_{0};
  duration spread_{0};
  duration least_{0};
  duration latest_{0};
  duration latest_path_{0};
  // Of the block of samples before the present one, and of that.
  duration max_before_{0}, max_{0};
  std::uint64_t samples_ = 0;
};

}  // namespace dgram
