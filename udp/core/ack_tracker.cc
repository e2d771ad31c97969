// SPDX-License-Identifier: MIT
#include "udp/core/ack_tracker.h"

#include <algorithm>
#include <cassert>
#include <limits>

namespace dgram {
namespace {

// The bits of a word in the other direction, by exchanging ever larger halves.
std::uint64_t reversed(std::uint64_t bits) {
  bits = (bits >> 1 & 0x5555555555555555) | (bits & 0x5555555555555555) << 1;
  bits = (bits >> 2 & 0x3333333333333333) | (bits & 0x3333333333333333) << 2;
  bits = (bits >> 4 & 0x0f0f0f0f0f0f0f0f) | (bits & 0x0f0f0f0f0f0f0f0f) << 4;
  return __builtin_bswap64(bits);
}

}  // namespace

packet_number ack_tracker::restore(std::uint32_t truncated) const {
  return {unwrap<wire::packet_number_bits>(truncated, seen_.end())};
}

ack_tracker::arrival ack_tracker::check(packet_number packet) const {
  if (packet.value >= seen_.end()) return arrival::fresh;
  if (seen_.below(packet.value)) return arrival::too_old;
  return seen_.has(packet.value) ? arrival::duplicate : arrival::fresh;
}

void ack_tracker::received(packet_number packet, bool asks_ack, bool at_once, time_point now,
                           duration patience) {
  const bool in_sequence = packet.value == seen_.end();
  if (packet.value >= seen_.end()) newest_at_ = now;
  seen_.set(packet.value, now);
  lowest_since_[0] = std::min(lowest_since_[0], packet.value);
  if (!asks_ack) return;
  ++unreported_;
  if (at_once || !in_sequence || unreported_ >= most_unreported) at_once_ = true;
  // By the pace of the last two the next one comes too late for company: then this one wakes the machine for
  // the acknowledgement, and the timer need not.
  if (deadline_ && now - last_asked_ > *deadline_ - now) at_once_ = true;
  last_asked_ = now;
  if (!deadline_) deadline_ = now + patience;
}

void ack_tracker::repeated(packet_number packet) {
  lowest_since_[0] = std::min(lowest_since_[0], packet.value);
  ++unreported_;
  at_once_ = true;
}

wire::ack ack_tracker::report(time_point now) const {
  assert(seen_.end() > 0);
  wire::ack a;
  const std::uint64_t largest = seen_.end() - 1;
  a.largest = static_cast<std::uint32_t>(largest & 0xffffff);
  const auto held = (now - newest_at_) / wire::ack_delay_unit;
  a.delay = static_cast<std::uint16_t>(
      std::clamp<std::int64_t>(held, 0, std::numeric_limits<std::uint16_t>::max()));
  a.bitmap = bits_below(largest);
  if (largest > 64) add_ranges(a);
  return a;
}

void ack_tracker::reported() {
  std::shift_right(lowest_since_.begin(), lowest_since_.end(), 1);
  lowest_since_[0] = nothing;
  unreported_ = 0;
  at_once_ = false;
  deadline_.reset();
}

std::uint64_t ack_tracker::bits_below(std::uint64_t largest) const {
  if (largest >= 64) return reversed(seen_.word_from(largest - 64));
  // Numbers below zero count as received, so that a young session's bitmap is all ones and leaves out.
  std::uint64_t bits = ~std::uint64_t{0};
  for (unsigned i = 0; i < largest; ++i) {
    if (!seen_.has(largest - 1 - i)) bits &= ~(std::uint64_t{1} << i);
  }
  return bits;
}

void ack_tracker::add_ranges(wire::ack& a) const {
  const std::uint64_t lowest = *std::min_element(lowest_since_.begin(), lowest_since_.end());
  const std::uint64_t floor = std::max(lowest, seen_.begin());
  std::uint64_t next = seen_.end() - 65;  // one above the number looked at
  while (next > floor && a.range_count < wire::max_ack_ranges) {
    wire::ack::range r;
    r.gap = static_cast<std::uint32_t>(seen_.run_below(next, floor, false));
    next -= r.gap;
    r.length = static_cast<std::uint32_t>(seen_.run_below(next, floor, true));
    next -= r.length;
    if (r.length == 0) break;
    a.ranges[a.range_count++] = r;
  }
}

}  // namespace dgram
