// SPDX-License-Identifier: MIT
// How messages leave: whose turn it is, whole or in fragments, and what rides along.
#include <algorithm>

#include "udp/core/outbox.h"

namespace dgram {
namespace {

using stage = outgoing::state;
using kind = sent_item::kind;

// Room in a datagram that is not worth a fragment while the message goes on.
constexpr std::size_t least_fragment = 128;
// Header, greeting and a short acknowledgement: what a datagram needs beside its messages.
constexpr std::size_t datagram_overhead = max_datagram_size - max_whole_message;
// What was lost twice may have been lost for the size of its datagram, so from the third copy on it only has
// company within what every IPv4 path carries: 576 bytes less the headers of IP and UDP (RFC 8085
// section 3.2).
constexpr std::uint16_t trusting_tries = 2;
constexpr std::size_t modest_datagram = 548;
constexpr std::uint16_t stubborn_tries = 4;
// Small messages may keep fragments that are to be repeated waiting for so many bytes.
constexpr std::size_t fragments_patience = max_datagram_size;
// Messages in flight that are looked at for each datagram that has room for ride-alongs.
constexpr std::uint64_t ride_steps = 64;

bool may_ride(const outgoing& m, const sent_item& item) {
  const bool resent = m.mode == delivery_mode::reliable || m.mode == delivery_mode::ordered;
  return item.what == kind::whole && resent && !item.to_repeat && item.tries <= trusting_tries;
}

}  // namespace

void outbox::limits(std::uint64_t credit, std::size_t datagram_size) {
  if (credit > credit_) queue_.resume();
  credit_ = credit;
  datagram_size_ = datagram_size;
}

void outbox::enqueue(slot s) {
  outgoing& m = messages_[s];
  m.queued = true;
  m.size = static_cast<std::uint32_t>(m.bytes.size());
  queue_.push(m.is_reply ? send_queue::replies : send_queue::of(m.channel), m.priority, s);
}

bool outbox::whole(const outgoing& m) const {
  return m.size <= std::min(datagram_size_, max_datagram_size) - datagram_overhead;
}

// Credit is for what the receiver must keep until it is complete and taken; what is sent once it may drop,
// and replies it asked for.
bool outbox::may_begin(const outgoing& m) const {
  const bool kept = m.mode == delivery_mode::reliable || m.mode == delivery_mode::ordered;
  // One may always begin: whether there is room for it only the receiver knows.
  if (m.is_reply || !kept) return true;
  // Smaller ones may pass what waits for room, but not for ever.
  if (queue_.parked() && passed_ > credit_) return false;
  return outstanding_ == 0 || outstanding_ + m.size <= credit_;
}

// The message whose turn it is to leave for the first time.
std::optional<outbox::slot> outbox::front() {
  while (const auto s = queue_.front()) {
    outgoing& m = messages_[*s];
    if (m.stage == stage::done || m.given_up) {
      queue_.drop_front();
      m.queued = false;
      if (m.stage == stage::done) free_.push_back(*s);
    } else if (m.stage == stage::waiting && !may_begin(m)) {
      queue_.park_front();
    } else {
      return s;
    }
  }
  return std::nullopt;
}

// Forgets repetitions that are no longer wanted; true when one is.
bool outbox::trim(ring_queue<message_id>& repetitions) {
  while (!repetitions.empty()) {
    const sent_item* item = items_.find(repetitions.front());
    if (item != nullptr && item->to_repeat) return true;
    repetitions.pop();
  }
  return false;
}

bool outbox::trim_ranges() {
  while (!ranges_.empty()) {
    const outgoing& m = messages_[ranges_.front().message];
    if (m.stage == stage::in_flight && !m.given_up && m.serial == ranges_.front().serial) return true;
    ranges_.pop();
  }
  return false;
}

outbox::turn outbox::next_turn() {
  if (trim(small_repetitions_)) return turn::small;
  const bool repair = trim(fragment_repetitions_);
  const bool recut = trim_ranges() && items_.room();
  if ((repair || recut) && small_while_fragments_wait_ >= fragments_patience) return turn::fragment;
  if (items_.room()) {
    if (!notices_.empty()) return turn::small;
    if (const auto s = front()) {
      const outgoing& m = messages_[*s];
      if (m.stage == stage::waiting && whole(m)) return turn::small;
      // A message in fragments needs an id of its own and one for the fragment.
      return turn::fragment;
    }
  }
  return repair || recut ? turn::fragment : turn::nothing;
}

wire::message outbox::frame_of(const outgoing& m, message_id id, const sent_item& item) const {
  wire::message frame;
  frame.mode = m.mode;
  frame.wants_reply = m.wants_reply;
  frame.id = static_cast<std::uint16_t>(id.value);
  frame.order = static_cast<std::uint16_t>(m.order.value);
  frame.in_reply_to = m.in_reply_to;
  frame.channel = m.channel;
  if (item.what == kind::fragment) {
    frame.part = wire::fragment{static_cast<std::uint32_t>(m.id.value), m.size, item.offset};
    frame.bytes = std::span(m.bytes).subspan(item.offset, item.length);
  } else {
    frame.bytes = m.bytes;
  }
  return frame;
}

std::size_t outbox::size_of(const outgoing& m, message_id id, const sent_item& item) const {
  if (item.what == kind::notice) return m.in_fragments ? wire::drop_size : wire::skip_size;
  return wire::size_of(frame_of(m, id, item));
}

void outbox::write(const outgoing& m, message_id id, const sent_item& item,
                   wire::datagram_writer& out) const {
  if (item.what != kind::notice) {
    out.write(frame_of(m, id, item));
    return;
  }
  const auto own_id = static_cast<std::uint16_t>(id.value);
  const auto order = static_cast<std::uint16_t>(m.order.value);
  if (m.in_fragments) {
    wire::drop d{own_id, static_cast<std::uint32_t>(m.id.value), std::nullopt, m.channel};
    if (m.mode == delivery_mode::ordered) d.order = order;
    out.write(d);
  } else {
    out.write(wire::skip{own_id, order, m.channel});
  }
}

// A message gets its id, and counts against the peer's credit, when it first leaves.
void outbox::begin(slot s, time_point now) {
  outgoing& m = messages_[s];
  m.stage = stage::in_flight;
  m.first_sent = now;
  m.tries = 1;
  const bool kept = m.mode == delivery_mode::reliable || m.mode == delivery_mode::ordered;
  if (!m.is_reply && kept) {
    m.charged = true;
    outstanding_ += m.size;
    passed_ = queue_.parked() ? passed_ + m.size : 0;
  }
  if (m.wants_reply) requests_.add(m.id, s);
}

// A copy of this item was written.
outbox::placed outbox::left(message_id id, send_cause cause, time_point now) {
  sent_item& item = *items_.find(id);
  outgoing& m = messages_[item.slot];
  item.to_repeat = false;
  item.last_sent = now;
  ++item.copies;
  if (item.tries < 0xffff) ++item.tries;
  m.tries = std::max(m.tries, item.tries);
  return {id, cause, item.tries};
}

std::optional<outbox::placed> outbox::repeat(ring_queue<message_id>& repetitions, wire::datagram_writer& out,
                                             bool in_company, time_point now) {
  if (!trim(repetitions)) return std::nullopt;
  const message_id id = repetitions.front();
  sent_item& item = *items_.find(id);
  const outgoing& m = messages_[item.slot];
  const std::size_t size = size_of(m, id, item);
  const std::size_t together = out.size() + size;
  if (size > out.left()) return std::nullopt;
  if (item.tries >= trusting_tries && in_company && together > modest_datagram) return std::nullopt;
  write(m, id, item, out);
  repetitions.pop();
  return left(id, item.cause, now);
}

std::optional<outbox::placed> outbox::place_small(wire::datagram_writer& out, bool in_company,
                                                  time_point now) {
  // What no longer fits the path whole goes on in fragments.
  while (trim(small_repetitions_)) {
    const message_id id = small_repetitions_.front();
    sent_item& item = *items_.find(id);
    if (item.what != kind::whole || whole(messages_[item.slot])) break;
    small_repetitions_.pop();
    cut_again(id, item);
  }
  if (auto again = repeat(small_repetitions_, out, in_company, now)) return again;
  if (trim(small_repetitions_) || !items_.room()) return std::nullopt;
  if (!notices_.empty()) {
    const slot s = notices_.front();
    const sent_item notice{.what = kind::notice, .slot = s};
    if (size_of(messages_[s], items_.next(), notice) > out.left()) return std::nullopt;
    notices_.pop();
    const message_id id = items_.add(notice);
    if (!messages_[s].in_fragments) messages_[s].id = id;
    messages_[s].stage = stage::in_flight;
    write(messages_[s], id, *items_.find(id), out);
    return left(id, send_cause::fresh, now);
  }
  const auto s = front();
  if (!s || messages_[*s].stage != stage::waiting || !whole(messages_[*s])) return std::nullopt;
  outgoing& m = messages_[*s];
  const sent_item item{.what = kind::whole, .slot = *s};
  const std::size_t size = size_of(m, items_.next(), item);
  if (size > out.left()) return std::nullopt;
  m.id = items_.add(item);
  begin(*s, now);
  write(m, m.id, item, out);
  m.queued = false;
  queue_.served(size, true);
  if (!fragment_repetitions_.empty()) small_while_fragments_wait_ += size;
  return left(m.id, send_cause::fresh, now);
}

// What left so often and was never acknowledged may find no room at the receiver until another message is
// complete there, which then must not wait for it.
bool outbox::stubborn() {
  if (!trim(fragment_repetitions_) || !items_.room()) return false;
  const auto s = front();
  return s && messages_[*s].stage == stage::in_flight &&
         items_.find(fragment_repetitions_.front())->tries >= stubborn_tries;
}

std::optional<outbox::placed> outbox::place_fragment(wire::datagram_writer& out, time_point now) {
  small_while_fragments_wait_ = 0;
  const bool others_first = stubborn() && (others_turn_ = !others_turn_);
  while (!others_first && trim(fragment_repetitions_)) {
    const message_id id = fragment_repetitions_.front();
    sent_item& item = *items_.find(id);
    if (auto again = repeat(fragment_repetitions_, out, false, now)) return again;
    const std::size_t largest = datagram_size_ - datagram_overhead;
    if (size_of(messages_[item.slot], id, item) <= largest) return std::nullopt;  // fits the next datagram
    fragment_repetitions_.pop();
    cut_again(id, item);
  }
  if (!items_.room()) return std::nullopt;
  if (!others_first && trim_ranges()) {
    range& r = ranges_.front();
    const auto piece = cut(r.message, r.offset, r.length, send_cause::loss, out, now);
    if (!piece) return std::nullopt;
    const std::uint32_t length = items_.find(piece->id)->length;
    r.offset += length;
    r.length -= length;
    if (r.length == 0) ranges_.pop();
    return piece;
  }
  const auto s = front();
  if (!s || (messages_[*s].stage == stage::waiting && whole(messages_[*s]))) return std::nullopt;
  outgoing& m = messages_[*s];
  if (m.stage == stage::waiting) {
    m.in_fragments = true;
    m.unacked = m.size;
    m.id = items_.add({.what = kind::name, .slot = *s});
    begin(*s, now);
  }
  if (!items_.room()) return std::nullopt;
  const auto piece = cut(*s, m.cut, m.size - m.cut, send_cause::fresh, out, now);
  if (!piece) return std::nullopt;
  const std::uint32_t length = items_.find(piece->id)->length;
  m.cut += length;
  if (m.cut == m.size) m.queued = false;
  queue_.served(length, m.cut == m.size);
  return piece;
}

// The first piece of these bytes that fits what is left of the datagram.
std::optional<outbox::placed> outbox::cut(slot s, std::uint32_t offset, std::uint32_t length,
                                          send_cause cause, wire::datagram_writer& out, time_point now) {
  const outgoing& m = messages_[s];
  sent_item item{.what = kind::fragment, .slot = s, .offset = offset, .length = 0};
  const message_id next = items_.next();
  const std::size_t capacity = wire::fragment_capacity(frame_of(m, next, item), out.left());
  item.length = static_cast<std::uint32_t>(std::min<std::size_t>(length, capacity));
  if (item.length == 0 || (item.length < length && item.length < least_fragment)) return std::nullopt;
  const message_id id = items_.add(item);
  write(m, id, item, out);
  return left(id, cause, now);
}

// These bytes leave under new ids, in pieces that fit the path as it is now.
void outbox::cut_again(message_id id, sent_item& item) {
  const slot s = item.slot;
  outgoing& m = messages_[s];
  if (item.what == kind::fragment) {
    ranges_.push({s, m.serial, item.offset, item.length});
    items_.remove(id);
    return;
  }
  m.in_fragments = true;
  m.cut = m.unacked = m.size;
  item.what = kind::name;
  item.to_repeat = false;
  ranges_.push({s, m.serial, 0, m.size});
}

bool outbox::rides(const ride_rules& rules, time_point now) {
  return !choose_rides(rules, now, datagram_size_ - datagram_overhead).empty();
}

std::span<const outbox::ride> outbox::choose_rides(const ride_rules& rules, time_point now,
                                                   std::size_t room) {
  rides_.clear();
  std::size_t bytes = 0;
  items_.newest_first(ride_steps, [&](message_id id, const sent_item& item) {
    const outgoing& m = messages_[item.slot];
    if (!may_ride(m, item) || item.last_sent + rules.spacing > now) return true;
    const redundancy wanted = m.redundancy.value_or(rules.session);
    unsigned copies = wanted.is_automatic() ? rules.automatic_copies : wanted.copies;
    // What was lost once is not trusted to a single datagram again.
    if (item.tries > 1) copies = std::max(copies, 1U);
    if (item.copies > copies) return true;
    bytes += size_of(m, id, item);
    rides_.push_back({id, item.last_sent});
    return true;
  });
  const std::size_t limit = std::min(rules.bytes, room);
  if (bytes <= limit) return rides_;
  // Not all fit: whoever waited longest since it last left goes first.
  std::ranges::stable_sort(rides_, {}, &ride::last_sent);
  bytes = 0;
  std::erase_if(rides_, [&](const ride& r) {
    const sent_item& item = *items_.find(r.id);
    const std::size_t size = size_of(messages_[item.slot], r.id, item);
    if (bytes + size > limit) return true;
    bytes += size;
    return false;
  });
  return rides_;
}

}  // namespace dgram
