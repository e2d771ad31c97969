// SPDX-License-Identifier: MIT
// What arrives is delivered once and in its order. Puts together the three receiving questions (seen before?
// in what order? which requests are open?) and knows neither packets nor acknowledgements.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <utility>
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
  void begin(time_point now) {
    now_ = now;
    released_.clear();
  }
  // For an owner that goes before the arrivals are read: what they point to.
  std::vector<std::vector<std::byte>> take_released() { return std::exchange(released_, {}); }

  // Whether so many more requests may be taken.
  bool accepts(std::uint32_t requests) { return requests == 0 || requests_.has_room(requests, now_); }

  // Calls deliver(const arrival&) for this message and for those that waited for it. Returns why it was not
  // taken, if it was not: `repeated_message` is no fault of anybody's, and after `reorder_full` it must come
  // again, so its datagram is not to be acknowledged.
  template <class Deliver>
  std::optional<discard_reason> take(const wire::message&, Deliver&& deliver);
  // The sender gave this ordered message up.
  template <class Deliver>
  std::optional<discard_reason> skip(const wire::skip&, Deliver&& deliver);

  // Whether a reply with this id is new.
  bool first_time(std::uint16_t truncated) { return seen_.first_time(seen_.restore(truncated)); }
  message_id restore(std::uint16_t truncated) const { return seen_.restore(truncated); }

  reply_ledger& requests() { return requests_; }
  const reply_ledger& requests() const { return requests_; }

 private:
  template <class Deliver>
  std::optional<discard_reason> take_ordered(const arrival&, std::uint16_t order, bool skipped,
                                             Deliver&& deliver);
  template <class Deliver>
  void release(channel_id, Deliver&& deliver);
  template <class Deliver>
  void hand_over(const arrival&, Deliver&& deliver);

  message_window seen_;
  ordering ordering_;
  reply_ledger requests_;
  std::vector<std::vector<std::byte>> released_;
  std::size_t reorder_limit_;
  time_point now_{};
};

template <class Deliver>
void inbox::hand_over(const arrival& a, Deliver&& deliver) {
  if (a.wants_reply) requests_.taken(a.id, now_);
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
std::optional<discard_reason> inbox::take_ordered(const arrival& a, std::uint16_t truncated, bool skipped,
                                                  Deliver&& deliver) {
  const order_number order = ordering_.restore(a.channel, truncated);
  const auto place = ordering_.place(a.channel, order);
  // What the others wait for is always let in, so that they cannot keep it out.
  if (place == ordering::verdict::hold && ordering_.held_bytes() >= reorder_limit_) {
    return discard_reason::reorder_full;
  }
  seen_.first_time(a.id);
  if (place == ordering::verdict::out_of_range) return discard_reason::malformed;
  if (place == ordering::verdict::hold) {
    held_message m{a.id, a.wants_reply, skipped, {a.bytes.begin(), a.bytes.end()}};
    if (!ordering_.hold(a.channel, order, std::move(m))) return discard_reason::malformed;
    return std::nullopt;
  }
  ordering_.delivered(a.channel);
  if (!skipped) hand_over(a, deliver);
  release(a.channel, deliver);
  return std::nullopt;
}

template <class Deliver>
std::optional<discard_reason> inbox::take(const wire::message& m, Deliver&& deliver) {
  const arrival a{seen_.restore(m.id), m.mode, m.channel, m.wants_reply, m.bytes};
  if (seen_.seen(a.id)) return discard_reason::repeated_message;
  if (m.mode == delivery_mode::ordered) return take_ordered(a, m.order, false, deliver);
  seen_.first_time(a.id);
  if (m.mode == delivery_mode::sequenced && !ordering_.newest(m.channel, a.id)) {
    return discard_reason::stale_sequenced;
  }
  hand_over(a, deliver);
  return std::nullopt;
}

template <class Deliver>
std::optional<discard_reason> inbox::skip(const wire::skip& s, Deliver&& deliver) {
  const arrival a{seen_.restore(s.id), delivery_mode::ordered, s.channel, false, {}};
  if (seen_.seen(a.id)) return std::nullopt;  // repeated, or delivered after all
  return take_ordered(a, s.order, true, deliver);
}

}  // namespace dgram
