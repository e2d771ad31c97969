// SPDX-License-Identifier: MIT
// What is in flight, and what is lost? Remembers each packet that asks for an acknowledgement, until it is
// acknowledged or long lost, with the ids of the messages it carried. Detection by packet threshold and by
// time as in RFC 9002 section 6.1, and by an acknowledgement that is overdue. Knows numbers, sizes and
// times; not contents.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "udp/core/delivery_rate.h"
#include "udp/core/ids.h"
#include "udp/core/loss_tolerance.h"
#include "udp/core/rtt_estimator.h"
#include "udp/core/time.h"
#include "udp/core/wire.h"

namespace dgram {

struct sent_packet {
  enum class fate : std::uint8_t { untracked, in_flight, lost, acknowledged };
  packet_number number;
  time_point sent{};
  time_point overtaken{};  // when a later one was first acknowledged, if it was
  std::uint64_t first_carried = 0;
  std::uint32_t bytes = 0;
  std::uint16_t carried = 0;
  fate state = fate::untracked;
  bool echoes_token = false;
  bool prompt = false;  // asked for an acknowledgement at once
  bool mtu_probe = false;
  bool tells_credit = false;
  bool overdue = false;  // lost because nothing was heard, not because a later one arrived
  delivery_snapshot rate;
};

class flight {
 public:
  // Most numbers between the oldest packet remembered and the next: 50 Mbit/s for 3 s, 80 B each.
  static constexpr std::uint64_t capacity = 16384;

  packet_number next_number() const { return {next_}; }
  std::uint32_t in_flight() const { return in_flight_; }  // packets
  std::uint64_t bytes_in_flight() const { return bytes_in_flight_; }

  // Call before `sent`: what is too old to be remembered any longer counts as lost.
  template <class OnPacket>
  void make_room(OnPacket&& on_packet);
  // The packet `next_number` leaves. One that asks for no acknowledgement is counted but not waited for.
  struct departure {
    std::uint32_t bytes = 0;
    std::span<const message_id> carried;
    bool asks_ack = false, echoes_token = false, prompt = false, mtu_probe = false, tells_credit = false;
    delivery_snapshot rate{};
  };
  void sent(time_point now, const departure&);

  // The whole number of an acknowledged packet; nullopt when it was never sent.
  std::optional<packet_number> restore(std::uint32_t truncated) const;

  // Calls on_packet(const sent_packet&, span of ids is by carried()) for each packet that this acknowledges
  // for the first time, oldest first. One that had counted as lost still says so. Tells `tolerance` of those
  // that came after later ones. Afterwards: detect_losses.
  template <class OnPacket>
  void acknowledge(packet_number largest, const wire::ack&, time_point now, loss_tolerance& tolerance,
                   OnPacket&& on_packet);

  // Calls on_packet for each packet that is lost by now: a later one was acknowledged, and `packets` more or
  // `late` have passed; or none was yet, `overdue` has passed, and other packets were acknowledged
  // meanwhile. When nothing at all is heard, that is for the probe timer: so a path that stands still costs
  // at most what was in flight when it stopped.
  template <class OnPacket>
  void detect_losses(time_point now, const loss_limits&, OnPacket&& on_packet);
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
  // Lost packets are remembered for this many more, and for three times `late`, to learn when they were not
  // lost after all.
  static constexpr std::uint64_t lost_memory = 128;
  // Of the packets that were overdue, about so many weigh.
  static constexpr double overdue_weighed = 32;

  // One acknowledgement being taken.
  struct reading {
    time_point now;
    std::uint64_t acked_end;  // one above the largest number acknowledged before
    bool slow_path;           // it comes later than any packet is waited for
    loss_tolerance& tolerance;
  };

  sent_packet& at(std::uint64_t n) { return packets_[n & (packets_.size() - 1)]; }
  bool remembered(std::uint64_t n) const { return n >= oldest_ && n < next_; }
  void grow_packets();
  void grow_carried(std::size_t wanted);
  void forget_settled();
  void leave_flight(sent_packet&, sent_packet::fate);
  bool slow_path(std::uint64_t largest, const wire::ack&, time_point now);
  bool was_too_hasty(const reading&);
  void overtake(std::uint64_t acked_end, time_point now);
  void look_again_at(time_point when) { loss_time_ = std::min(loss_time_.value_or(when), when); }
  template <class OnPacket>
  void settle(std::uint64_t n, const reading&, OnPacket&& on_packet);
  template <class OnPacket>
  void detect_overtaken(time_point now, OnPacket&& on_packet);
  template <class OnPacket>
  void detect_overdue(time_point now, OnPacket&& on_packet);

  std::vector<sent_packet> packets_;  // ring by packet number; size a power of two
  std::vector<message_id> carried_;   // ring; size a power of two
  std::uint64_t carried_begin_ = 0, carried_end_ = 0;
  std::uint64_t oldest_ = 0;             // the first number remembered
  std::uint64_t oldest_unresolved_ = 0;  // none below it is in flight
  std::uint64_t overdue_from_ = 0;       // none from largest_acked_end_ to below it is in flight
  std::uint64_t prompt_end_ = 0;         // one above the newest prompt packet
  std::uint64_t next_ = 0;
  std::uint64_t largest_acked_end_ = 0;  // one above; 0 when nothing was acknowledged
  std::uint64_t bytes_in_flight_ = 0;
  std::uint32_t in_flight_ = 0;
  // Since the latest acknowledgement.
  std::uint64_t delivered_ = 0;
  std::int64_t lost_ = 0;
  // Lately: packets that were overdue, and that were acknowledged after all.
  double overdue_called_ = 0, overdue_spurious_ = 0;
  loss_limits limits_{};      // of the latest detection
  time_point progress_at_{};  // when something was last acknowledged for the first time
  time_point latest_{};       // `now` of the latest call
  time_point last_sent_{};
  std::optional<time_point> loss_time_;
};

template <class OnPacket>
void flight::make_room(OnPacket&& on_packet) {
  while (next_ - oldest_ >= capacity) {
    sent_packet& p = at(oldest_);
    if (p.state == sent_packet::fate::in_flight) {
      leave_flight(p, sent_packet::fate::lost);
      on_packet(p);
    }
    ++oldest_;
  }
  forget_settled();
}

template <class OnPacket>
void flight::settle(std::uint64_t n, const reading& r, OnPacket&& on_packet) {
  using fate = sent_packet::fate;
  if (!remembered(n)) return;
  sent_packet& p = at(n);
  if (p.state != fate::in_flight && p.state != fate::lost) return;
  progress_at_ = r.now;
  ++delivered_;
  if (p.state == fate::lost) --lost_;
  const bool overtaken = n < r.acked_end;
  if (overtaken) r.tolerance.overtaken(r.acked_end - 1 - n, r.now - p.overtaken, r.now, r.now - p.sent);
  if (p.state == fate::lost) r.tolerance.slow_path(p.overdue && !overtaken && was_too_hasty(r));
  if (p.state == fate::in_flight) leave_flight(p, fate::in_flight);
  on_packet(p);
  p.state = fate::acknowledged;
}

template <class OnPacket>
void flight::acknowledge(packet_number largest, const wire::ack& a, time_point now, loss_tolerance& tolerance,
                         OnPacket&& on_packet) {
  latest_ = now;
  const reading r{now, largest_acked_end_, slow_path(largest.value, a, now), tolerance};
  // Ranges first, then the bitmap from its far end: oldest first. Numbers that are no longer remembered cost
  // nothing, so one ack costs at most `capacity` steps whatever its ranges claim.
  std::uint64_t below = largest.value > 64 ? largest.value - 64 : 0;
  std::array<std::pair<std::uint64_t, std::uint64_t>, wire::max_ack_ranges> runs;
  std::size_t count = 0;
  for (; count < a.range_count; ++count) {
    const auto& range = a.ranges[count];
    const std::uint64_t end = below > range.gap ? below - range.gap : 0;
    const std::uint64_t begin = end > range.length ? end - range.length : 0;
    runs[count] = {begin, end};
    below = begin;
  }
  while (count-- > 0) {
    for (std::uint64_t n = std::max(runs[count].first, oldest_); n < runs[count].second; ++n)
      settle(n, r, on_packet);
  }
  const std::uint64_t reach = largest.value > oldest_ ? largest.value - oldest_ : 0;
  for (std::uint64_t i = std::min<std::uint64_t>(reach, 64); i-- > 0;) {
    if ((a.bitmap >> i & 1) != 0) settle(largest.value - 1 - i, r, on_packet);
  }
  settle(largest.value, r, on_packet);
  overtake(largest.value + 1, now);
  tolerance.settled(std::exchange(delivered_, 0), std::exchange(lost_, 0), now);
  forget_settled();
}

template <class OnPacket>
void flight::detect_losses(time_point now, const loss_limits& limits, OnPacket&& on_packet) {
  limits_ = limits;
  latest_ = now;
  loss_time_.reset();
  detect_overtaken(now, on_packet);
  detect_overdue(now, on_packet);
  forget_settled();
}

// What holds for a packet holds for those before it, so the first that is not lost ends the search, and each
// number is passed once in its life.
template <class OnPacket>
void flight::detect_overtaken(time_point now, OnPacket&& on_packet) {
  oldest_unresolved_ = std::max(oldest_unresolved_, oldest_);
  for (; oldest_unresolved_ < largest_acked_end_; ++oldest_unresolved_) {
    sent_packet& p = at(oldest_unresolved_);
    if (p.state != sent_packet::fate::in_flight) continue;
    const std::uint64_t by = largest_acked_end_ - 1 - oldest_unresolved_;
    if (by < limits_.packets && p.sent + limits_.late > now) return look_again_at(p.sent + limits_.late);
    leave_flight(p, sent_packet::fate::lost);
    on_packet(p);
  }
}

template <class OnPacket>
void flight::detect_overdue(time_point now, OnPacket&& on_packet) {
  overdue_from_ = std::max({overdue_from_, largest_acked_end_, oldest_});
  bool first = true;
  for (std::uint64_t n = overdue_from_; n < next_; ++n) {
    sent_packet& p = at(n);
    if (p.state == sent_packet::fate::in_flight) {
      if (p.sent >= progress_at_) return;
      const time_point due = p.sent + (p.prompt ? limits_.overdue_prompt : limits_.overdue);
      if (due > now) {
        first = false;
        look_again_at(due);
        // Only a prompt packet can be due before an older one, and no packet before this time.
        if (n + 1 >= prompt_end_ || *loss_time_ <= p.sent + limits_.overdue_prompt) return;
        continue;
      }
      leave_flight(p, sent_packet::fate::lost);
      p.overdue = true;
      overdue_called_ += 1 - overdue_called_ / overdue_weighed;
      overdue_spurious_ -= overdue_spurious_ / overdue_weighed;
      on_packet(p);
    }
    if (first) overdue_from_ = n + 1;
  }
}

}  // namespace dgram
