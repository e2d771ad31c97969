// SPDX-License-Identifier: MIT
// What is in flight, and what is lost? Remembers each packet that asks for an acknowledgement, until it is
// acknowledged or long lost, with the ids of the messages it carried. Detection by packet threshold, by time,
// and by probe timeout as in RFC 9002 section 6. Knows numbers, sizes and times; not contents.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "udp/core/ids.h"
#include "udp/core/rtt_estimator.h"
#include "udp/core/time.h"
#include "udp/core/wire.h"

namespace dgram {

struct sent_packet {
  enum class fate : std::uint8_t { untracked, in_flight, lost, acknowledged };
  packet_number number;
  time_point sent{};
  std::uint64_t first_carried = 0;
  std::uint16_t carried = 0;
  fate state = fate::untracked;
  bool echoes_token = false;
  std::uint32_t bytes = 0;
};

class flight {
 public:
  // Most numbers between the oldest packet remembered and the next.
  static constexpr std::uint64_t capacity = 1024;

  packet_number next_number() const { return {next_}; }
  std::uint32_t in_flight() const { return in_flight_; }

  // Call before `sent`: what is too old to be remembered any longer counts as lost.
  template <class OnPacket>
  void make_room(OnPacket&& on_packet);
  // The packet `next_number` leaves. One that asks for no acknowledgement is counted but not waited for.
  void sent(time_point now, std::uint32_t bytes, std::span<const message_id> carried, bool asks_ack,
            bool echoes_token);

  // The whole number of an acknowledged packet; nullopt when it was never sent.
  std::optional<packet_number> restore(std::uint32_t truncated) const;

  // Calls on_packet(const sent_packet&, span of ids is by carried()) for each packet that this
  // acknowledges for the first time, oldest first.
  template <class OnPacket>
  void acknowledge(packet_number largest, const wire::ack&, OnPacket&& on_packet);

  // Calls on_packet for each packet that is lost by now: three later ones were acknowledged, or one sent
  // `loss_delay` later was.
  template <class OnPacket>
  void detect_losses(time_point now, duration loss_delay, OnPacket&& on_packet);
  // When detect_losses would find the next one, if nothing more is heard.
  std::optional<time_point> loss_time() const { return loss_time_; }

  // When the newest packet in flight was sent: the probe timer runs from there.
  std::optional<time_point> last_sent() const {
    return in_flight_ > 0 ? std::optional(last_sent_) : std::nullopt;
  }
  message_id carried(const sent_packet& p, std::size_t i) const {
    return carried_[(p.first_carried + i) & (carried_.size() - 1)];
  }

 private:
  static constexpr std::uint64_t packet_threshold = 3;  // RFC 9002 section 6.1.1
  // Lost packets are remembered for this many more, to learn when they were not lost after all.
  static constexpr std::uint64_t lost_memory = 128;

  sent_packet& at(std::uint64_t n) { return packets_[n & (packets_.size() - 1)]; }
  bool remembered(std::uint64_t n) const { return n >= oldest_ && n < next_; }
  void grow_packets();
  void grow_carried(std::size_t wanted);
  void forget_settled();
  template <class OnPacket>
  void settle(std::uint64_t n, OnPacket&& on_packet);

  std::vector<sent_packet> packets_;  // ring by packet number; size a power of two
  std::vector<message_id> carried_;   // ring; size a power of two
  std::uint64_t carried_begin_ = 0, carried_end_ = 0;
  std::uint64_t oldest_ = 0;             // the first number remembered
  std::uint64_t oldest_unresolved_ = 0;  // none below it is in flight
  std::uint64_t next_ = 0;
  std::uint64_t largest_acked_end_ = 0;  // one above; 0 when nothing was acknowledged
  std::uint32_t in_flight_ = 0;
  time_point last_sent_{};
  std::optional<time_point> loss_time_;
};

template <class OnPacket>
void flight::make_room(OnPacket&& on_packet) {
  while (next_ - oldest_ >= capacity) {
    sent_packet& p = at(oldest_);
    if (p.state == sent_packet::fate::in_flight) {
      p.state = sent_packet::fate::lost;
      --in_flight_;
      on_packet(p);
    }
    ++oldest_;
  }
  forget_settled();
}

template <class OnPacket>
void flight::settle(std::uint64_t n, OnPacket&& on_packet) {
  if (!remembered(n)) return;
  sent_packet& p = at(n);
  if (p.state == sent_packet::fate::in_flight) --in_flight_;
  if (p.state == sent_packet::fate::in_flight || p.state == sent_packet::fate::lost) {
    on_packet(p);
    p.state = sent_packet::fate::acknowledged;
  }
}

template <class OnPacket>
void flight::acknowledge(packet_number largest, const wire::ack& a, OnPacket&& on_packet) {
  // Ranges first, then the bitmap from its far end: oldest first. Numbers that are no longer remembered cost
  // nothing, so one ack costs at most `capacity` steps whatever its ranges claim.
  std::uint64_t below = largest.value > 64 ? largest.value - 64 : 0;
  std::array<std::pair<std::uint64_t, std::uint64_t>, wire::max_ack_ranges> runs;
  std::size_t count = 0;
  for (; count < a.range_count; ++count) {
    const auto& r = a.ranges[count];
    const std::uint64_t end = below > r.gap ? below - r.gap : 0;
    const std::uint64_t begin = end > r.length ? end - r.length : 0;
    runs[count] = {begin, end};
    below = begin;
  }
  while (count-- > 0) {
    for (std::uint64_t n = std::max(runs[count].first, oldest_); n < runs[count].second; ++n)
      settle(n, on_packet);
  }
  const std::uint64_t reach = largest.value > oldest_ ? largest.value - oldest_ : 0;
  for (std::uint64_t i = std::min<std::uint64_t>(reach, 64); i-- > 0;) {
    if ((a.bitmap >> i & 1) != 0) settle(largest.value - 1 - i, on_packet);
  }
  settle(largest.value, on_packet);
  largest_acked_end_ = std::max(largest_acked_end_, largest.value + 1);
  forget_settled();
}

template <class OnPacket>
void flight::detect_losses(time_point now, duration loss_delay, OnPacket&& on_packet) {
  loss_time_.reset();
  for (std::uint64_t n = oldest_unresolved_; n < largest_acked_end_; ++n) {
    if (!remembered(n)) continue;
    sent_packet& p = at(n);
    if (p.state != sent_packet::fate::in_flight) continue;
    if (largest_acked_end_ - 1 - n >= packet_threshold || p.sent + loss_delay <= now) {
      p.state = sent_packet::fate::lost;
      --in_flight_;
      on_packet(p);
    } else if (!loss_time_ || p.sent + loss_delay < *loss_time_) {
      loss_time_ = p.sent + loss_delay;
    }
  }
  forget_settled();
}

}  // namespace dgram
