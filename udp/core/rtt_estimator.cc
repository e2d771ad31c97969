// SPDX-License-Identifier: MIT
#include "udp/core/rtt_estimator.h"

#include <utility>

namespace dgram {
namespace {

using std::chrono::milliseconds;

// RFC 9002 section 6.1.2, kGranularity: no timer is finer than this.
constexpr duration granularity = milliseconds(1);
// Below this a probe would race the peer's own scheduling; above it a LAN would feel the loss.
constexpr duration least_probe_timeout = milliseconds(2);
constexpr duration least_ack_delay = milliseconds(1);

}  // namespace

void rtt_estimator::sample(duration measured, duration peer_delay) {
  latest_ = std::max(measured, duration{1});
  if (!smoothed_) {
    latest_path_ = latest_;
    note_longest(latest_);
    least_ = latest_;
    smoothed_ = latest_;
    variation_ = latest_ / 2;
    spread_ = variation_;
    return;
  }
  least_ = std::min(least_, latest_);
  duration adjusted = latest_;
  if (latest_ >= least_ + peer_delay) adjusted -= peer_delay;
  latest_path_ = adjusted;
  note_longest(adjusted);
  const duration deviation = *smoothed_ > adjusted ? *smoothed_ - adjusted : adjusted - *smoothed_;
  variation_ = (3 * variation_ + deviation) / 4;
  spread_ = std::max(variation_, spread_ - spread_ / 32);
  smoothed_ = (7 * *smoothed_ + adjusted) / 8;
}

void rtt_estimator::remember(const rtt_estimator& earlier) {
  if (!earlier.smoothed_) return;
  const duration initial = initial_timeout_;
  *this = earlier;
  initial_timeout_ = initial;
  variation_ = std::max(variation_, *smoothed_ / 2);  // the path may have changed since
  samples_ = 0;
}

duration rtt_estimator::max_ack_delay() const {
  if (!smoothed_) return least_ack_delay;
  return std::clamp(*smoothed_ / 8, least_ack_delay, max_ack_delay_cap);
}

duration rtt_estimator::probe_timeout() const {
  if (!smoothed_) return initial_timeout_;
  const duration timeout = *smoothed_ + std::max(4 * variation_, granularity) + max_ack_delay();
  return std::max(timeout, least_probe_timeout);
}

void rtt_estimator::note_longest(duration sample) {
  if (samples_++ % block == 0) max_before_ = std::exchange(max_, duration{0});
  max_ = std::max(max_, sample);
}

}  // namespace dgram
