// SPDX-License-Identifier: MIT
#include "udp/core/flight.h"

#include <cassert>

namespace dgram {
namespace {

constexpr std::size_t least_ring = 8;

}  // namespace

void flight::sent(time_point now, const departure& d) {
  assert(next_ - oldest_ < capacity);
  if (next_ - oldest_ >= packets_.size()) grow_packets();
  if (carried_end_ - carried_begin_ + d.carried.size() > carried_.size()) grow_carried(d.carried.size());

  latest_ = now;
  sent_packet& p = at(next_);
  p = {};
  p.number = {next_++};
  p.sent = now;
  p.first_carried = carried_end_;
  p.bytes = d.bytes;
  p.carried = static_cast<std::uint16_t>(d.carried.size());
  p.state = d.asks_ack ? sent_packet::fate::in_flight : sent_packet::fate::untracked;
  p.echoes_token = d.echoes_token;
  p.prompt = d.prompt;
  p.mtu_probe = d.mtu_probe;
  p.tells_credit = d.tells_credit;
  p.rate = d.rate;
  for (const message_id id : d.carried) carried_[carried_end_++ & (carried_.size() - 1)] = id;
  if (d.asks_ack) {
    ++in_flight_;
    bytes_in_flight_ += d.bytes;
    last_sent_ = now;
    if (d.prompt) prompt_end_ = next_;
  } else {
    forget_settled();
  }
}

std::optional<packet_number> flight::restore(std::uint32_t truncated) const {
  const packet_number n{unwrap<wire::packet_number_bits>(truncated, next_)};
  return n.value < next_ ? std::optional(n) : std::nullopt;
}

void flight::grow_packets() {
  std::vector<sent_packet> larger(std::max(least_ring, packets_.size() * 2));
  for (std::uint64_t n = oldest_; n < next_; ++n) larger[n & (larger.size() - 1)] = at(n);
  packets_ = std::move(larger);
}

void flight::grow_carried(std::size_t wanted) {
  std::size_t size = std::max(least_ring, carried_.size());
  while (size < carried_end_ - carried_begin_ + wanted) size *= 2;
  std::vector<message_id> larger(size);
  for (std::uint64_t i = carried_begin_; i < carried_end_; ++i) {
    larger[i & (size - 1)] = carried_[i & (carried_.size() - 1)];
  }
  carried_ = std::move(larger);
}

void flight::leave_flight(sent_packet& p, sent_packet::fate state) {
  --in_flight_;
  bytes_in_flight_ -= p.bytes;
  p.state = state;
  if (state == sent_packet::fate::lost) ++lost_;
}

// Whether an acknowledgement comes later than a packet is waited for although it is the first that could
// come. What it acknowledges beside its own packet may be late because an earlier acknowledgement was lost.
bool flight::slow_path(std::uint64_t largest, const wire::ack& a, time_point now) {
  if (!remembered(largest)) return false;
  const sent_packet& p = at(largest);
  if (p.state != sent_packet::fate::in_flight && p.state != sent_packet::fate::lost) return false;
  const duration held = std::min<duration>(a.delay * wire::ack_delay_unit, max_ack_delay_cap);
  return now - p.sent - held > limits_.overdue_prompt;
}

// Whether the packet that was overdue, and now is acknowledged, should have been waited for longer. Not when
// an acknowledgement was lost: but where losses are alike both ways, that explains half of what is called
// overdue.
bool flight::was_too_hasty(const reading& r) {
  constexpr double enough = 4, share = 0.75;
  overdue_spurious_ += 1;
  return r.slow_path || (overdue_called_ >= enough && overdue_spurious_ >= share * overdue_called_);
}

void flight::overtake(std::uint64_t acked_end, time_point now) {
  for (std::uint64_t n = std::max(largest_acked_end_, oldest_); n < acked_end; ++n) at(n).overtaken = now;
  largest_acked_end_ = std::max(largest_acked_end_, acked_end);
}

void flight::forget_settled() {
  using fate = sent_packet::fate;
  oldest_unresolved_ = std::max(oldest_unresolved_, oldest_);
  while (oldest_unresolved_ < next_ && at(oldest_unresolved_).state != fate::in_flight) ++oldest_unresolved_;
  while (oldest_ < oldest_unresolved_) {
    const sent_packet& p = at(oldest_);
    const bool young = next_ - oldest_ <= lost_memory || p.sent + 3 * limits_.late > latest_;
    if (p.state == fate::lost && young) break;
    ++oldest_;
  }
  carried_begin_ = oldest_ < next_ ? at(oldest_).first_carried : carried_end_;
}

}  // namespace dgram
