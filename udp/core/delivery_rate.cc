// SPDX-License-Identifier: MIT
#include "udp/core/delivery_rate.h"

#include <algorithm>

namespace dgram {

std::uint64_t bytes_per_second(std::uint64_t bytes, duration interval) {
  constexpr std::uint64_t multiplies_safely = std::uint64_t{1} << 34;  // 2^34 * 10^9 < 2^64
  const auto ns = static_cast<std::uint64_t>(std::max<duration::rep>(1, interval.count()));
  if (bytes < multiplies_safely) return bytes * 1'000'000'000 / ns;
  return bytes / std::max<std::uint64_t>(1, ns / 1'000'000'000);
}

delivery_snapshot delivery_rate::sent(time_point now, std::uint64_t in_flight) {
  if (in_flight == 0) first_sent_at_ = delivered_at_ = now;  // the idle time before says nothing of the path
  return {delivered_, delivered_at_, first_sent_at_, limited_until_ != 0};
}

void delivery_rate::application_limited(std::uint64_t in_flight) {
  limited_until_ = std::max<std::uint64_t>(1, delivered_ + in_flight);
}

void delivery_rate::begin() {
  any_ = false;
}

void delivery_rate::delivered(time_point sent, const delivery_snapshot& then, std::uint32_t bytes,
                              time_point now) {
  delivered_ += bytes;
  delivered_at_ = now;
  if (limited_until_ != 0 && delivered_ > limited_until_) limited_until_ = 0;
  if (any_ &&
      (then.delivered < newest_.delivered || (then.delivered == newest_.delivered && sent < newest_sent_))) {
    return;
  }
  any_ = true;
  newest_ = then;
  newest_sent_ = sent;
  first_sent_at_ = sent;
}

std::optional<rate_sample> delivery_rate::sample(duration least_round_trip) const {
  if (!any_) return std::nullopt;
  // The slower of the two directions of time: acknowledgements that arrive in a lump would else make the path
  // look faster than what was ever sent into it (section 2.2 of the draft).
  const duration sending = newest_sent_ - newest_.first_sent_at;
  const duration hearing = delivered_at_ - newest_.delivered_at;
  rate_sample s;
  s.interval = std::max(sending, hearing);
  // Nothing is delivered sooner than the path is long: such a sample is an artefact (section 3.3).
  if (s.interval <= duration{0} || s.interval < least_round_trip) return std::nullopt;
  s.delivered = delivered_ - newest_.delivered;
  s.delivered_before = newest_.delivered;
  s.bytes_per_second = bytes_per_second(s.delivered, s.interval);
  s.application_limited = newest_.application_limited;
  return s;
}

}  // namespace dgram
