// SPDX-License-Identifier: MIT
#include "udp/core/flight.h"

#include <cassert>

namespace dgram {
namespace {

constexpr std::size_t least_ring = 16;

}  // namespace

void flight::sent(time_point now, std::uint32_t bytes, std::span<const message_id> carried, bool asks_ack,
                  bool echoes_token) {
  assert(next_ - oldest_ < capacity);
  if (next_ - oldest_ >= packets_.size()) grow_packets();
  if (carried_end_ - carried_begin_ + carried.size() > carried_.size()) grow_carried(carried.size());

  sent_packet& p = at(next_);
  p.number = {next_++};
  p.sent = now;
  p.bytes = bytes;
  p.first_carried = carried_end_;
  p.carried = static_cast<std::uint16_t>(carried.size());
  p.state = asks_ack ? sent_packet::fate::in_flight : sent_packet::fate::untracked;
  p.echoes_token = echoes_token;
  for (const message_id id : carried) carried_[carried_end_++ & (carried_.size() - 1)] = id;
  if (asks_ack) {
    ++in_flight_;
    last_sent_ = now;
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

void flight::forget_settled() {
  using fate = sent_packet::fate;
  oldest_unresolved_ = std::max(oldest_unresolved_, oldest_);
  while (oldest_unresolved_ < next_ && at(oldest_unresolved_).state != fate::in_flight) ++oldest_unresolved_;
  while (oldest_ < oldest_unresolved_) {
    if (at(oldest_).state == fate::lost && next_ - oldest_ <= lost_memory) break;
    ++oldest_;
  }
  carried_begin_ = oldest_ < next_ ? at(oldest_).first_carried : carried_end_;
}

}  // namespace dgram
