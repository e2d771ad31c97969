// SPDX-License-Identifier: MIT
// What arrives is delivered once and in its order. Puts together the three receiving questions (seen before?
// in what order? which requests are open?) and knows neither packets nor acknowledgements.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "udp/core/ids.h"
#include "udp/core/message.h"
#include "udp/core/message_window.h"
#include "udp/core/ordering.h"
#include "udp/core/reply_ledger.h"
#include "udp/core/statistics.h"
#include "udp/core/wire.h"

namespace dgram {

class inbox {
 public:
  explicit inbox(std::size_t reorder_limit) : reorder_limit_(reorder_limit) {}

  struct arrival {
    message_id id{};
    delivery_mode mode{};
    channel_id channel{};
    bool wants_reply = false;
    std::span<const std::byte> bytes;  // valid until the next begin()
  };

  // A new datagram: what earlier arrivals pointed to may go.
  void begin() { released_.clear(); }

  // Why a datagram's messages cannot be taken now; nullopt when they can.
  std::optional<discard_reason> refuses(const wire::summary&, std::span<const std::byte> payload) const;

  // Calls deliver(const arrival&) for this message and for those that waited for it. Returns why it was not
  // taken, if it was not; `repeated_message` is no fault of anybody's.
  template <class Deliver>
  std::optional<discard_reason> take(const wire::message&, Deliver&& deliver);
  // The sender gave this ordered message up.
  template <class Deliver>
  void skip(const wire::skip&, Deliver&& deliver);

  // Whether a reply with this id is new.
  bool first_time(std::uint16_t truncated) { return seen_.first_time(seen_.restore(truncated)); }
  message_id restore(std::uint16_t truncated) const { return seen_.restore(truncated); }

  reply_ledger& requests() { return requests_; }
  const reply_ledger& requests() const { return requests_; }

 private:
  bool only_adds_to_the_wait(std::span<const std::byte> payload) const;
  template <class Deliver>
  void release(channel_id, Deliver&& deliver);
  template <class Deliver>
  void hand_over(const arrival&, Deliver&& deliver);

  message_window seen_;
  ordering ordering_;
  reply_ledger requests_;
  std::vector<std::vector<std::byte>> released_;
  std::size_t reorder_limit_;
};

template <class Deliver>
void inbox::hand_over(const arrival& a, Deliver&& deliver) {
  if (a.wants_reply) requests_.taken(a.id);
  deliver(a);
}

template <class Deliver>
void inbox::release(channel_id channel, Deliver&& deliver) {
  while (auto m = ordering_.release(channel)) {
    if (m->skipped) continue;
    released_.push_back(std::move(m->bytes));
    hand_over({m->id, delivery_mode::ordered, channel, m->wants_reply, released_.back()}, deliver);
  }
}

template <class Deliver>
std::optional<discard_reason> inbox::take(const wire::message& m, Deliver&& deliver) {
  const message_id id = seen_.restore(m.id);
  const arrival a{id, m.mode, m.channel, m.wants_reply, m.bytes};
  if (m.mode != delivery_mode::ordered) {
    if (!seen_.first_time(id)) return discard_reason::repeated_message;
    if (m.mode == delivery_mode::sequenced && !ordering_.newest(m.channel, id)) {
      return discard_reason::stale_sequenced;
    }
    hand_over(a, deliver);
    return std::nullopt;
  }
  const order_number order = ordering_.restore(m.channel, m.order);
  const auto place = ordering_.place(m.channel, order);
  if (!seen_.first_time(id)) return discard_reason::repeated_message;
  if (place == ordering::verdict::out_of_range) return discard_reason::malformed;
  if (place == ordering::verdict::hold) {
    ordering_.hold(m.channel, order, {id, m.wants_reply, false, {m.bytes.begin(), m.bytes.end()}});
    return std::nullopt;
  }
  ordering_.delivered(m.channel);
  hand_over(a, deliver);
  release(m.channel, deliver);
  return std::nullopt;
}

template <class Deliver>
void inbox::skip(const wire::skip& s, Deliver&& deliver) {
  const message_id id = seen_.restore(s.id);
  if (!seen_.first_time(id)) return;
  const order_number order = ordering_.restore(s.channel, s.order);
  const auto place = ordering_.place(s.channel, order);
  if (place == ordering::verdict::hold) ordering_.hold(s.channel, order, {id, false, true, {}});
  if (place != ordering::verdict::deliver) return;
  ordering_.delivered(s.channel);
  release(s.channel, deliver);
}

}  // namespace dgram
