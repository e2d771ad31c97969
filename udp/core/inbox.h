// SPDX-License-Identifier: MIT
// What arrives is delivered once and in its order. Puts together the receiving questions (seen before? all of
// it here? in what order? which requests are open?) and knows neither packets nor acknowledgements.
#pragma once

#include <algorithm>
#include <cstddef>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "udp/core/assembly_table.h"
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
  // Bytes of messages that wait for the rest of themselves or for an earlier one, at most. Two things may
  // exceed it, so that nothing waits for ever: replies, which were asked for, by one largest message in all;
  // and one message that all others of its channel wait for. What is sent once takes of it what is free, at
  // most 1 MiB, and keeps nobody else out. At least max_message_size, or the largest never come.
  explicit inbox(std::size_t receive_buffer) : receive_buffer_(receive_buffer) {}

  struct arrival {
    message_id id{};
    delivery_mode mode{};
    channel_id channel{};
    bool wants_reply = false;
    std::optional<wire::request_name> in_reply_to = std::nullopt;
    std::span<const std::byte> bytes{};  // valid until the next begin()
  };

  // A new datagram, or a timeout: what earlier arrivals pointed to may go, and so may what waited too long.
  void begin(time_point now) {
    now_ = now;
    released_.clear();
    assemblies_.age(now);
  }
  // For an owner that goes before the arrivals are read: what they point to.
  std::vector<std::vector<std::byte>> take_released() { return std::exchange(released_, {}); }

  // Whether so many more requests may be taken.
  bool accepts(std::uint32_t requests) { return requests == 0 || requests_.has_room(requests, now_); }

  // A message or reply, whole or in part. Calls deliver(const arrival&) when it is all here and in its turn,
  // and for those that waited for it. Returns why it was not taken, if it was not: `repeated_message` is no
  // fault of anybody's.
  template <class Deliver>
  std::optional<discard_reason> take(const wire::message&, Deliver&& deliver);
  // The sender gave this ordered message up.
  template <class Deliver>
  std::optional<discard_reason> skip(const wire::skip&, Deliver&& deliver);
  // The sender gave this message up after parts of it had left.
  template <class Deliver>
  std::optional<discard_reason> drop(const wire::drop&, Deliver&& deliver);

  // Of what was refused for these reasons the datagram is not to be acknowledged, so that it comes again.
  static bool must_come_again(discard_reason why) {
    return why == discard_reason::reorder_full || why == discard_reason::buffer_full ||
           why == discard_reason::bad_fragment;
  }

  // Bytes charged now: messages that are here in part (whole, from their first fragment on), and those that
  // wait for an earlier one.
  std::size_t held_bytes() const { return assemblies_.charged() + ordering_.held_bytes(); }
  // Bytes of which new messages may begin that count against the credit.
  std::size_t room() const {
    return receive_buffer_ - std::min(receive_buffer_, assemblies_.counted() + ordering_.held_bytes());
  }
  // Bytes of whole messages that wait for an earlier one: acknowledged, so that their sender counts them no
  // more.
  std::size_t waiting_bytes() const { return ordering_.held_bytes(); }
  // Bytes still to come of messages that have begun: there is room for them already.
  std::size_t missing_bytes() const { return assemblies_.missing(); }

  // Whether a reply with this id is new.
  bool first_time(std::uint16_t truncated) { return seen_.first_time(seen_.restore(truncated)); }
  message_id restore(std::uint16_t truncated) const { return seen_.restore(truncated); }
  // Of the whole message, also where a fragment has an id of its own.
  message_id id_of(const wire::message& m) const {
    return m.part ? seen_.restore_long(m.part->of) : seen_.restore(m.id);
  }
  // The newest that was seen; 0 before any.
  message_id newest() const { return seen_.newest(); }
  wire::request_name name_of(message_id request) const;

  reply_ledger& requests() { return requests_; }
  const reply_ledger& requests() const { return requests_; }

 private:
  using refusal = std::optional<discard_reason>;
  struct turn_of {
    order_number order{};
    bool skipped = false;
    bool charged = false;  // its room is its own already
  };

  template <class Deliver>
  refusal take_part(const wire::message&, Deliver&& deliver);
  template <class Deliver>
  refusal take_late_whole(const arrival&, const wire::message&, Deliver&& deliver);
  template <class Deliver>
  refusal complete(assembly&, Deliver&& deliver);
  template <class Deliver>
  refusal take_whole(const arrival&, turn_of, std::vector<std::byte>&& owned, Deliver&& deliver);
  template <class Deliver>
  refusal take_ordered(const arrival&, turn_of, std::vector<std::byte>&& owned, Deliver&& deliver);
  template <class Deliver>
  void release(channel_id, Deliver&& deliver);
  template <class Deliver>
  void hand_over(const arrival&, Deliver&& deliver);

  refusal begin_assembly(message_id, const wire::message& fragment);
  bool has_room_for(const message_outline&, bool expected) const;
  turn_of turn_of_whole(const wire::message& m) const {
    return {m.mode == delivery_mode::ordered ? ordering_.restore(m.channel, m.order) : order_number{}};
  }

  message_window seen_;
  ordering ordering_;
  reply_ledger requests_;
  assembly_table assemblies_;
  std::vector<std::vector<std::byte>> released_;
  std::size_t receive_buffer_;
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
    hand_over({m->id, delivery_mode::ordered, channel, m->wants_reply, std::nullopt, released_.back()},
              deliver);
  }
}

template <class Deliver>
inbox::refusal inbox::take_ordered(const arrival& a, turn_of turn, std::vector<std::byte>&& owned,
                                   Deliver&& deliver) {
  const auto place = ordering_.place(a.channel, turn.order);
  // What the others wait for is always let in, so that they cannot keep it out.
  if (place == ordering::verdict::hold && !turn.charged && room() < ordering::cost(a.bytes.size())) {
    return discard_reason::reorder_full;
  }
  seen_.first_time(a.id);
  if (place == ordering::verdict::out_of_range) return discard_reason::malformed;
  if (place == ordering::verdict::hold) {
    if (owned.empty()) owned.assign(a.bytes.begin(), a.bytes.end());
    held_message m{a.id, a.wants_reply, turn.skipped, std::move(owned)};
    if (!ordering_.hold(a.channel, turn.order, std::move(m))) return discard_reason::malformed;
    return std::nullopt;
  }
  ordering_.delivered(a.channel);
  if (!owned.empty()) released_.push_back(std::move(owned));
  if (!turn.skipped) hand_over(a, deliver);
  release(a.channel, deliver);
  return std::nullopt;
}

template <class Deliver>
inbox::refusal inbox::take_whole(const arrival& a, turn_of turn, std::vector<std::byte>&& owned,
                                 Deliver&& deliver) {
  if (a.mode == delivery_mode::ordered) return take_ordered(a, turn, std::move(owned), deliver);
  seen_.first_time(a.id);
  if (a.mode == delivery_mode::sequenced && !ordering_.newest(a.channel, a.id)) {
    return discard_reason::stale_sequenced;
  }
  if (!owned.empty()) released_.push_back(std::move(owned));
  hand_over(a, deliver);
  return std::nullopt;
}

template <class Deliver>
inbox::refusal inbox::take(const wire::message& m, Deliver&& deliver) {
  if (m.part) return take_part(m, deliver);
  const arrival a{seen_.restore(m.id), m.mode, m.channel, m.wants_reply, m.in_reply_to, m.bytes};
  if (seen_.seen(a.id)) return take_late_whole(a, m, deliver);
  return take_whole(a, turn_of_whole(m), {}, deliver);
}

// It was delivered before, or came in fragments in the meantime that are not all here.
template <class Deliver>
inbox::refusal inbox::take_late_whole(const arrival& a, const wire::message& m, Deliver&& deliver) {
  if (!assemblies_.knows(a.id)) return discard_reason::repeated_message;
  const assembly* begun = assemblies_.find(a.id);
  if (begun != nullptr && !begun->agrees(m)) return discard_reason::bad_fragment;
  turn_of turn = turn_of_whole(m);
  turn.charged = begun != nullptr;
  if (begun != nullptr) assemblies_.forget(a.id);
  const auto refused = take_whole(a, turn, {}, deliver);
  if (!refused || !must_come_again(*refused)) assemblies_.forget(a.id);
  return refused;
}

template <class Deliver>
inbox::refusal inbox::take_part(const wire::message& m, Deliver&& deliver) {
  const message_id id = seen_.restore(m.id);
  if (seen_.seen(id)) return discard_reason::repeated_message;
  const message_id whole = seen_.restore_long(m.part->of);
  assembly* begun = assemblies_.find(whole);
  refusal refused;
  if (begun == nullptr) {
    refused = begin_assembly(whole, m);
    begun = assemblies_.find(whole);
  }
  if (!refused) {
    refused = begun->agrees(m) ? assemblies_.take(*begun, m, now_) : discard_reason::bad_fragment;
  }
  if (refused && must_come_again(*refused)) return refused;
  seen_.first_time(id);
  return !refused && begun->complete() ? complete(*begun, deliver) : refused;
}

template <class Deliver>
inbox::refusal inbox::complete(assembly& done, Deliver&& deliver) {
  const message_outline o = done.outline();
  std::vector<std::byte> bytes = done.take_bytes();
  assemblies_.forget(o.id);
  const arrival a{o.id, o.mode, o.channel, o.wants_reply, o.in_reply_to, bytes};
  return take_whole(a, {o.order, false, true}, std::move(bytes), deliver);
}

template <class Deliver>
std::optional<discard_reason> inbox::skip(const wire::skip& s, Deliver&& deliver) {
  const arrival a{seen_.restore(s.id), delivery_mode::ordered, s.channel};
  const bool unfinished = assemblies_.knows(a.id);
  if (seen_.seen(a.id) && !unfinished) return std::nullopt;  // repeated, or delivered after all
  const turn_of turn{ordering_.restore(s.channel, s.order), true, assemblies_.find(a.id) != nullptr};
  const auto refused = take_ordered(a, turn, {}, deliver);
  if (unfinished && (!refused || !must_come_again(*refused))) assemblies_.forget(a.id);
  return refused;
}

template <class Deliver>
std::optional<discard_reason> inbox::drop(const wire::drop& d, Deliver&& deliver) {
  const message_id id = seen_.restore(d.id), of = seen_.restore_long(d.of);
  if (seen_.seen(id)) return std::nullopt;
  const bool unfinished = assemblies_.knows(of);
  refusal refused;
  if (d.order && (unfinished || !seen_.seen(of))) {
    const turn_of turn{ordering_.restore(d.channel, *d.order), true, assemblies_.find(of) != nullptr};
    refused = take_ordered({of, delivery_mode::ordered, d.channel}, turn, {}, deliver);
    if (refused && must_come_again(*refused)) return refused;
  }
  if (unfinished) assemblies_.forget(of);
  seen_.first_time(of);
  seen_.first_time(id);
  return refused;
}

}  // namespace dgram
