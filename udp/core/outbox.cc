// SPDX-License-Identifier: MIT
// What became of the messages: from `send` to the outcome. How they leave is in outbox_placing.cc.
#include "udp/core/outbox.h"

#include <algorithm>
#include <utility>

namespace dgram {
namespace {

using stage = outgoing::state;
using kind = sent_item::kind;

// Messages without an outcome. The last part is kept for replies.
constexpr std::size_t most_held = 16384;
constexpr std::size_t reserve_for_replies = 2048;
// A probe repeats at most what fits one datagram, and looks at most at this many messages to find it.
constexpr std::uint64_t probe_steps = 256;

bool resent_when_lost(delivery_mode mode) {
  return mode == delivery_mode::reliable || mode == delivery_mode::ordered;
}

}  // namespace

send_status outbox::add(std::span<const std::byte> bytes, const send_options& options, ticket t,
                        time_point now) {
  if (bytes.size() > (resent_when_lost(options.mode) ? max_message_size : max_unreliable_message)) {
    return send_status::too_large;
  }
  // One message is always taken, however long.
  const bool full = bytes_ > 0 && bytes_ + bytes.size() > byte_limit_;
  if (full || held_ >= most_held - reserve_for_replies) return send_status::would_block;
  const slot s = append(
      options.deadline < time_point::max() - now ? now + options.deadline : time_point::max(), bytes, now);
  outgoing& m = messages_[s];
  m.ticket = t;
  m.mode = options.mode;
  m.channel = options.channel;
  m.priority = options.priority;
  m.redundancy = options.redundancy;
  m.wants_reply = options.wants_reply;
  m.max_tries = options.max_tries;
  if (m.mode == delivery_mode::ordered) m.order = next_order(m.channel);
  enqueue(s);
  return send_status::accepted;
}

std::optional<outbox::slot> outbox::add_reply(std::span<const std::byte> bytes, message_id to,
                                              wire::request_name name, time_point deadline, time_point now) {
  const bool full = bytes_ > 0 && bytes_ + bytes.size() > byte_limit_ + max_message_size;
  if (full || held_ >= most_held) return std::nullopt;
  const slot s = append(deadline, bytes, now);
  outgoing& m = messages_[s];
  m.is_reply = true;
  m.request = to;
  m.in_reply_to = name;
  enqueue(s);
  return s;
}

send_status outbox::adopt(outgoing&& earlier) {
  if (held_ >= most_held) return send_status::would_block;
  const slot s = append(earlier.deadline, earlier.bytes, earlier.submitted);
  outgoing& m = messages_[s];
  m.ticket = earlier.ticket;
  m.mode = earlier.mode;
  m.channel = earlier.channel;
  m.priority = earlier.priority;
  m.redundancy = earlier.redundancy;
  m.wants_reply = earlier.wants_reply;
  m.max_tries = earlier.max_tries;
  if (m.mode == delivery_mode::ordered) m.order = next_order(m.channel);
  enqueue(s);
  return send_status::accepted;
}

void outbox::acknowledged(message_id id, time_point now) {
  sent_item* item = items_.find(id);
  if (item == nullptr) return;
  const slot s = item->slot;
  switch (item->what) {
    case kind::fragment: part_acknowledged(id, *item, now); break;
    case kind::notice:
      items_.remove(id);
      settle(s);
      break;
    case kind::whole:
      items_.remove(id);
      message_acknowledged(s, now);
      break;
    case kind::name:  // it had left whole, before the path shrank
      drop_items(s);
      message_acknowledged(s, now);
      break;
    case kind::none: break;
  }
}

void outbox::part_acknowledged(message_id id, sent_item& item, time_point now) {
  const slot s = item.slot;
  outgoing& m = messages_[s];
  m.unacked -= item.length;
  items_.remove(id);
  // The receiver knows of the message now, so its own id need not stay in the window.
  if (const sent_item* name = items_.find(m.id); name != nullptr && name->what == kind::name) {
    items_.remove(m.id);
  }
  if (m.unacked == 0) message_acknowledged(s, now);
}

void outbox::message_acknowledged(slot s, time_point now) {
  outgoing& m = messages_[s];
  if (!m.wants_reply) {
    resolve(s, outcome::delivered, now);
    return;
  }
  m.stage = stage::awaiting_reply;
  release(m);
}

bool outbox::copy_lost(message_id id, time_point now) {
  sent_item* item = items_.find(id);
  if (item == nullptr || item->what == kind::name) return false;
  if (item->copies > 0) --item->copies;
  if (item->copies > 0 || item->to_repeat) return true;
  const outgoing& m = messages_[item->slot];
  if (!resent_when_lost(m.mode) && !m.given_up) {
    resolve(item->slot, outcome::lost, now);
  } else if (m.max_tries != 0 && m.tries >= m.max_tries && !m.given_up) {
    give_up(item->slot, outcome::expired, now);
  } else {
    queue_repetition(id, *item, send_cause::loss);
  }
  return true;
}

bool outbox::answered(wire::request_name name, std::span<const std::byte> reply, time_point now) {
  const std::uint64_t next = items_.next().value;
  const message_id id{name.is_long ? unwrap<32>(name.bits, next)
                                   : unwrap<wire::message_id_bits>(name.bits, next)};
  const auto s = requests_.find(id);
  if (!s || messages_[*s].given_up) return false;
  resolve(*s, outcome::answered, now, reply);
  return true;
}

void outbox::probe(time_point now) {
  std::size_t bytes = 0;
  spent_.clear();
  items_.oldest_first(probe_steps, [&](message_id id, sent_item& item) {
    const outgoing& m = messages_[item.slot];
    const bool resent = resent_when_lost(m.mode) || m.given_up;
    if (item.what == kind::name || !resent) return true;
    if (m.max_tries != 0 && m.tries >= m.max_tries && !m.given_up) {
      spent_.push_back(item.slot);
      return true;
    }
    bytes += size_of(m, id, item);
    if (bytes > max_whole_message && bytes > size_of(m, id, item)) return false;
    if (!item.to_repeat) queue_repetition(id, item, send_cause::probe);
    return true;
  });
  for (const slot s : spent_) {
    if (held(s) != nullptr && !messages_[s].given_up) give_up(s, outcome::expired, now);
  }
}

bool outbox::repeat_reply(slot s, time_point unless_sent_since) {
  const outgoing* m = held(s);
  if (m == nullptr || m->stage != stage::in_flight || m->in_fragments) return false;
  sent_item* item = items_.find(m->id);
  if (item == nullptr || item->to_repeat || item->last_sent > unless_sent_since) return false;
  queue_repetition(m->id, *item, send_cause::asked);
  return true;
}

std::optional<time_point> outbox::next_deadline() const {
  return deadlines_.empty() ? std::nullopt : std::optional(deadlines_.top().when);
}

void outbox::expire(time_point now) {
  while (!deadlines_.empty() && deadlines_.top().when <= now) {
    const slot s = deadlines_.top().key;
    const bool acked = messages_[s].stage == stage::awaiting_reply;
    give_up(s, acked ? outcome::unanswered : outcome::expired, now);
  }
}

void outbox::abandon(time_point safe_since, time_point now, std::vector<outgoing>& kept) {
  std::vector<slot> all;
  for (slot s = 0; s < messages_.size(); ++s) {
    if (held(s) != nullptr) all.push_back(s);
  }
  std::ranges::sort(all, {}, [this](slot s) { return messages_[s].serial; });
  for (const slot s : all) {
    outgoing& m = messages_[s];
    const bool not_run = m.stage != stage::awaiting_reply && (m.tries == 0 || m.first_sent > safe_since);
    if (m.given_up || m.is_reply) {
      settle(s);
    } else if (not_run) {
      bytes_ -= m.bytes.size();
      outgoing copy = m;
      copy.bytes = std::move(m.bytes);
      m.bytes.clear();
      kept.push_back(std::move(copy));
      settle(s);
    } else {
      resolve(s, outcome::unknown, now);
    }
  }
}

std::optional<resolution> outbox::poll_resolution() {
  if (resolutions_.empty()) return std::nullopt;
  return resolutions_.pop();
}

outbox::slot outbox::append(time_point deadline, std::span<const std::byte> bytes, time_point now) {
  if (free_.empty()) {
    messages_.emplace_back();
    free_.push_back(static_cast<slot>(messages_.size() - 1));
  }
  const slot s = free_.back();
  free_.pop_back();
  outgoing& m = messages_[s];
  std::vector<std::byte> storage = std::move(m.bytes);
  m = outgoing{};
  m.bytes = std::move(storage);
  m.bytes.assign(bytes.begin(), bytes.end());
  bytes_ += bytes.size();
  m.stage = stage::waiting;
  m.serial = serial_++;
  m.submitted = now;
  m.deadline = deadline;
  deadlines_.set(s, deadline, [this](slot n) -> std::uint32_t& { return messages_[n].heap_position; });
  ++held_;
  return s;
}

void outbox::queue_repetition(message_id id, sent_item& item, send_cause cause) {
  item.to_repeat = true;
  item.cause = cause;
  (item.what == kind::fragment ? fragment_repetitions_ : small_repetitions_).push(id);
}

void outbox::announce(slot s, dgram::outcome o, time_point now, std::span<const std::byte> reply) {
  const outgoing& m = messages_[s];
  resolution r;
  r.ticket = m.ticket;
  r.report.outcome = o;
  r.report.tries = m.tries;
  r.report.round_trip = m.tries > 0 ? now - m.first_sent : duration{0};
  r.report.since_sent = now - m.submitted;
  r.reply = reply;
  r.is_reply = m.is_reply;
  r.request = m.request;
  resolutions_.push(r);
}

void outbox::resolve(slot s, dgram::outcome o, time_point now, std::span<const std::byte> reply) {
  announce(s, o, now, reply);
  settle(s);
}

void outbox::give_up(slot s, dgram::outcome o, time_point now) {
  outgoing& m = messages_[s];
  const bool ordered = m.mode == delivery_mode::ordered;
  const bool partly_there = m.in_fragments && m.stage == stage::in_flight && resent_when_lost(m.mode);
  if (m.stage == stage::awaiting_reply || (!ordered && !partly_there)) {
    resolve(s, o, now);
    return;
  }
  // The peer holds a part of it, or later messages of its channel that wait for it, so the entry stays,
  // empty, and goes out as a notice until that is acknowledged.
  announce(s, o, now, {});
  const bool left_whole = m.stage == stage::in_flight && !m.in_fragments;
  if (!left_whole) drop_items(s);
  release(m);
  drop_deadline(s);
  if (m.wants_reply && m.tries > 0) requests_.remove(m.id);
  m.given_up = true;
  if (!left_whole) {
    notices_.push(s);
    return;
  }
  sent_item& item = *items_.find(m.id);
  item.what = kind::notice;
  if (item.copies == 0 && !item.to_repeat) queue_repetition(m.id, item, send_cause::loss);
}

// Whatever left of a message, under whichever ids.
void outbox::drop_items(slot s) {
  const outgoing& m = messages_[s];
  if (m.tries == 0 && !m.in_fragments) return;
  if (!m.in_fragments) {
    items_.remove(m.id);
    return;
  }
  gone_.clear();
  items_.oldest_first(message_window::size, [&](message_id id, const sent_item& item) {
    if (item.slot == s) gone_.push_back(id);
    return true;
  });
  for (const message_id id : gone_) items_.remove(id);
}

void outbox::release(outgoing& m) {
  bytes_ -= m.bytes.size();
  m.bytes.clear();
  if (m.bytes.capacity() > max_whole_message) m.bytes.shrink_to_fit();
  if (std::exchange(m.charged, false)) {
    outstanding_ -= m.size;
    queue_.resume();
  }
}

void outbox::settle(slot s) {
  outgoing& m = messages_[s];
  if (m.stage == stage::in_flight) drop_items(s);
  release(m);
  drop_deadline(s);
  if (m.wants_reply && m.tries > 0) requests_.remove(m.id);
  m.stage = stage::done;
  --held_;
  if (!m.queued) free_.push_back(s);
}

void outbox::drop_deadline(slot s) {
  deadlines_.remove(s, [this](slot n) -> std::uint32_t& { return messages_[n].heap_position; });
}

order_number outbox::next_order(channel_id channel) {
  if (orders_.size() <= channel.value) orders_.resize(channel.value + std::size_t{1});
  const order_number order = orders_[channel.value];
  ++orders_[channel.value];
  return order;
}

}  // namespace dgram
