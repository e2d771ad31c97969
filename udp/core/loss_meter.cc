// SPDX-License-Identifier: MIT
#include "udp/core/loss_meter.h"

#include <algorithm>

namespace dgram {
namespace {

// How many packets, and how many losses, the counters weigh: some seconds of a lively flow, and losses
// enough to tell a burst from chance. One loss among 480 packets is loss being seen.
constexpr double packets_weighed = 480;
constexpr double losses_weighed = 64;
// What an earlier session measured weighs so many packets; that losses are independent, so many losses.
constexpr double packets_assumed = 128;
constexpr double losses_assumed = 20;

}  // namespace

void loss_meter::delivered(packet_number) {
  count(0);
}

void loss_meter::lost(packet_number p) {
  count(1);
  const double kept = 1 - 1 / losses_weighed;
  losses_ = losses_ * kept + 1;
  runs_ = runs_ * kept + lost_beside(p.value);
  if (recent_ == 0 || p.value > newest_) {
    const std::uint64_t up = p.value - newest_;
    recent_ = (recent_ == 0 || up > 63 ? 0 : recent_ << up) | 1;
    newest_ = p.value;
  } else if (newest_ - p.value < 64) {
    recent_ |= std::uint64_t{1} << (newest_ - p.value);
  }
}

void loss_meter::spurious(packet_number p) {
  lost_ = std::max(0.0, lost_ - 1);
  losses_ = std::max(0.0, losses_ - 1);
  if (p.value <= newest_ && newest_ - p.value < 64) recent_ &= ~(std::uint64_t{1} << (newest_ - p.value));
  runs_ = std::clamp(runs_ - lost_beside(p.value), 0.0, losses_);
}

void loss_meter::remember(const loss_meter& earlier) {
  const double rate = earlier.rate(), run_rate = earlier.run_rate();
  packets_ = packets_assumed;
  lost_ = rate * packets_;
  losses_ = std::min(earlier.losses_, losses_assumed);
  runs_ = std::min(run_rate, 1.0) * losses_;
  newest_ = recent_ = 0;
}

double loss_meter::run_rate() const {
  return std::min(1.0, (runs_ + rate() * losses_assumed) / (losses_ + losses_assumed));
}

unsigned loss_meter::copies_for(double target) const {
  unsigned copies = 0;
  const double run = run_rate();
  for (double all_lost = rate(); all_lost > target && copies < most_copies; ++copies) all_lost *= run;
  return copies;
}

void loss_meter::count(double lost) {
  const double kept = 1 - 1 / packets_weighed;
  packets_ = packets_ * kept + 1;
  lost_ = lost_ * kept + lost;
}

// How many of the two packets beside this one were lost.
int loss_meter::lost_beside(std::uint64_t n) const {
  const auto was_lost = [&](std::uint64_t other) {
    return other <= newest_ && newest_ - other < 64 && (recent_ >> (newest_ - other) & 1) != 0;
  };
  return (n > 0 && was_lost(n - 1) ? 1 : 0) + (was_lost(n + 1) ? 1 : 0);
}

}  // namespace dgram
