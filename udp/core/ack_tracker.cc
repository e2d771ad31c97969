// SPDX-License-Identifier: MIT
#include "udp/core/ack_tracker.h"

#include <algorithm>
#include <cassert>
#include <limits>

namespace dgram {

packet_number ack_tracker::restore(std::uint32_t truncated) const {
  return {unwrap<wire::packet_number_bits>(truncated, end_)};
}

ack_tracker::arrival ack_tracker::check(packet_number packet) const {
  if (packet.value >= end_) return arrival::fresh;
  if (end_ - packet.value > window) return arrival::too_old;
  return has(packet.value) ? arrival::duplicate : arrival::fresh;
}

void ack_tracker::received(packet_number packet, bool asks_ack, bool at_once, time_point now,
                           duration patience) {
  const bool in_sequence = packet.value == end_;
  if (packet.value >= end_) {
    advance_to(packet.value + 1);
    newest_at_ = now;
  }
  set(packet.value);
  if (!asks_ack) return;
  ++unreported_;
  if (at_once || !in_sequence || unreported_ >= most_unreported) at_once_ = true;
  if (!deadline_) deadline_ = now + patience;
}

void ack_tracker::repeated() {
  ++unreported_;
  at_once_ = true;
}

wire::ack ack_tracker::report(time_point now) const {
  assert(end_ > 0);
  wire::ack a;
  const std::uint64_t largest = end_ - 1;
  a.largest = static_cast<std::uint32_t>(largest & 0xffffff);
  const auto held = (now - newest_at_) / wire::ack_delay_unit;
  a.delay = static_cast<std::uint16_t>(
      std::clamp<std::int64_t>(held, 0, std::numeric_limits<std::uint16_t>::max()));
  for (unsigned i = 0; i < 64; ++i) {
    // Numbers below zero count as received, so that a young session's bitmap is all ones and leaves out.
    if (largest < i + 1U || has(largest - 1 - i)) a.bitmap |= std::uint64_t{1} << i;
  }
  if (largest > 64) add_ranges(a);
  return a;
}

void ack_tracker::reported() {
  unreported_ = 0;
  at_once_ = false;
  deadline_.reset();
}

void ack_tracker::add_ranges(wire::ack& a) const {
  // The bitmap reaches down to largest - 64. Everything below it in the window is told again each time, so
  // that a lost acknowledgement costs nothing.
  const std::uint64_t floor = end_ > window ? end_ - window : 0;
  std::uint64_t next = end_ - 65;  // one above the number looked at
  while (next > floor && a.range_count < wire::max_ack_ranges) {
    wire::ack::range r;
    while (next > floor && !has(next - 1)) ++r.gap, --next;
    while (next > floor && has(next - 1)) ++r.length, --next;
    if (r.length == 0) break;
    a.ranges[a.range_count++] = r;
  }
}

bool ack_tracker::has(std::uint64_t n) const {
  return (bits_[n / 64 % bits_.size()] >> (n % 64) & 1) != 0;
}

void ack_tracker::set(std::uint64_t n) {
  bits_[n / 64 % bits_.size()] |= std::uint64_t{1} << (n % 64);
}

void ack_tracker::advance_to(std::uint64_t end) {
  if (end - end_ >= window) {
    bits_.fill(0);
  } else {
    for (std::uint64_t n = end_; n < end; ++n)
      bits_[n / 64 % bits_.size()] &= ~(std::uint64_t{1} << (n % 64));
  }
  end_ = end;
}

}  // namespace dgram
