// SPDX-License-Identifier: MIT
#include "udp/core/pacer.h"

namespace dgram {
namespace {

// Ten datagrams of an Ethernet path leave together at any rate, as in RFC 9002 section 7.7; at high rates
// 2 ms of it, for timers are no finer than about 1 ms.
constexpr std::uint64_t least_burst = 10 * 1472;  // bytes
constexpr duration burst_time = std::chrono::milliseconds(2);

duration time_for(std::uint64_t bytes, std::uint64_t rate) {
  return duration(static_cast<duration::rep>(bytes * 1'000'000'000 / rate));
}

}  // namespace

duration pacer::bucket() const {
  return std::max(time_for(least_burst, rate_), burst_time);
}

void pacer::rate(std::uint64_t bytes_per_second, time_point now) {
  if (bytes_per_second == rate_) return;
  const std::uint64_t before = rate_;
  rate_ = bytes_per_second;
  if (rate_ == 0) return;
  if (before == 0) {
    empty_at_ = now - bucket();
    return;
  }
  // As many bytes take another time now; a datagram more or less in it is no matter, so not to the byte.
  const double held = static_cast<double>((now - empty_at_).count());
  const double scale = static_cast<double>(before) / static_cast<double>(rate_);
  const double bound = static_cast<double>(bucket().count());
  empty_at_ = now - duration(static_cast<duration::rep>(std::clamp(held * scale, -bound, bound)));
}

void pacer::sent(std::uint64_t bytes, time_point now) {
  if (rate_ == 0) return;
  const duration full = bucket();
  empty_at_ = std::max(empty_at_, now - full) + time_for(bytes, rate_);
  empty_at_ = std::min(empty_at_, now + full);
}

}  // namespace dgram
