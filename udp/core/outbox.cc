// SPDX-License-Identifier: MIT
#include "udp/core/outbox.h"

#include <algorithm>
#include <cassert>

#include "udp/core/message_window.h"

namespace dgram {
namespace {

using stage = outgoing::state;

// Messages without an outcome: well below half of the 16-bit id space, so that a reply names its request
// without doubt. The last part is kept for replies.
constexpr std::uint64_t most_held = 16384;
constexpr std::uint64_t reserve_for_replies = 2048;
constexpr std::size_t least_ring = 8;
// A probe repeats at most what fits one datagram, and looks at most at this many messages to find it.
constexpr std::size_t probe_bytes = max_whole_message;
constexpr std::uint64_t probe_steps = 256;

bool resent_when_lost(delivery_mode mode) {
  return mode == delivery_mode::reliable || mode == delivery_mode::ordered;
}

}  // namespace

send_status outbox::add(std::span<const std::byte> bytes, const send_options& options, ticket t,
                        time_point now) {
  if (bytes.size() > max_whole_message) return send_status::too_large;
  if (next_ - oldest_ >= most_held - reserve_for_replies || bytes_ + bytes.size() > byte_limit_) {
    return send_status::would_block;
  }
  outgoing& m =
      append(options.deadline < time_point::max() - now ? now + options.deadline : time_point::max());
  m.ticket = t;
  m.submitted = now;
  m.mode = options.mode;
  m.channel = options.channel;
  m.wants_reply = options.wants_reply;
  m.max_tries = options.max_tries;
  if (m.mode == delivery_mode::ordered) m.order = next_order(m.channel);
  store(m, bytes);
  return send_status::accepted;
}

std::optional<message_id> outbox::add_reply(std::span<const std::byte> bytes, message_id to,
                                            time_point deadline, time_point now) {
  if (next_ - oldest_ >= most_held) return std::nullopt;
  outgoing& m = append(deadline);
  m.submitted = now;
  m.is_reply = true;
  m.in_reply_to = to;
  store(m, bytes);
  return message_id{next_ - 1};
}

send_status outbox::adopt(outgoing&& earlier) {
  if (next_ - oldest_ >= most_held) return send_status::would_block;
  outgoing& m = append(earlier.deadline);
  const std::uint32_t position = m.heap_position;
  m = std::move(earlier);
  m.heap_position = position;
  m.stage = stage::waiting;
  m.tries = 0;
  m.copies = 0;
  m.to_repeat = false;
  if (m.mode == delivery_mode::ordered) m.order = next_order(m.channel);
  bytes_ += m.bytes.size();
  return send_status::accepted;
}

bool outbox::has_next() {
  while (!repetitions_.empty() && !(held(repetitions_.front()) && at(repetitions_.front().value).to_repeat)) {
    repetitions_.pop();
  }
  if (!repetitions_.empty()) return true;
  while (fresh_ < next_ && at(fresh_).stage == stage::done) ++fresh_;
  return fresh_ < next_ && fresh_ - oldest_unacked_ < message_window::size;
}

std::optional<message_id> outbox::next(std::size_t room) {
  if (!has_next()) return std::nullopt;
  const message_id id = repetitions_.empty() ? message_id{fresh_} : repetitions_.front();
  return size_on_wire(id) <= room ? std::optional(id) : std::nullopt;
}

std::size_t outbox::size_on_wire(message_id id) const {
  return at(id.value).given_up ? wire::skip_size : wire::size_of(frame_of(id));
}

void outbox::write(message_id id, wire::datagram_writer& out) const {
  const outgoing& m = at(id.value);
  if (m.given_up) {
    out.write(wire::skip{static_cast<std::uint16_t>(id.value), static_cast<std::uint16_t>(m.order.value),
                         m.channel});
  } else {
    out.write(frame_of(id));
  }
}

bool outbox::placed(message_id id, time_point now) {
  outgoing& m = at(id.value);
  if (m.to_repeat) {
    m.to_repeat = false;
    repetitions_.pop();
  } else {
    fresh_ = id.value + 1;
  }
  m.stage = stage::in_flight;
  ++m.copies;
  if (m.tries < 0xffff) ++m.tries;
  if (m.tries == 1) m.first_sent = now;
  return m.tries > 1;
}

void outbox::acknowledged(message_id id, time_point now) {
  if (!held(id)) return;
  outgoing& m = at(id.value);
  if (m.stage == stage::done || m.stage == stage::awaiting_reply) return;
  if (m.given_up) {
    settle(id);
  } else if (m.wants_reply) {
    m.stage = stage::awaiting_reply;
    m.to_repeat = false;
    release(m);
    advance();
  } else {
    resolve(id, outcome::delivered, now);
  }
}

void outbox::copy_lost(message_id id, time_point now) {
  if (!held(id)) return;
  outgoing& m = at(id.value);
  if (m.copies > 0) --m.copies;
  if (m.stage != stage::in_flight || m.copies > 0 || m.to_repeat) return;
  if (!resent_when_lost(m.mode)) {
    resolve(id, outcome::lost, now);
  } else if (m.max_tries != 0 && m.tries >= m.max_tries && !m.given_up) {
    give_up(id, outcome::expired, now);
  } else {
    queue_repetition(id);
  }
}

bool outbox::answered(message_id request, std::span<const std::byte> reply, time_point now) {
  if (!held(request)) return false;
  const outgoing& m = at(request.value);
  if (m.stage == stage::done || !m.wants_reply || m.given_up || m.tries == 0) return false;
  resolve(request, outcome::answered, now, reply);
  return true;
}

void outbox::probe(time_point now) {
  std::size_t bytes = 0;
  const std::uint64_t end = std::min(fresh_, oldest_unacked_ + probe_steps);
  for (std::uint64_t n = oldest_unacked_; n < end; ++n) {
    if (n < oldest_ || at(n).stage != stage::in_flight) continue;
    const message_id id{n};
    outgoing& m = at(n);
    if (!resent_when_lost(m.mode)) continue;
    if (m.max_tries != 0 && m.tries >= m.max_tries && !m.given_up) {
      give_up(id, outcome::expired, now);
      continue;
    }
    bytes += size_on_wire(id);
    if (bytes > probe_bytes) break;
    if (!m.to_repeat) queue_repetition(id);
  }
}

bool outbox::repeat_reply(message_id reply) {
  if (!held(reply)) return false;
  outgoing& m = at(reply.value);
  if (m.stage != stage::in_flight || m.to_repeat) return false;
  queue_repetition(reply);
  return true;
}

std::optional<time_point> outbox::next_deadline() const {
  return deadlines_.empty() ? std::nullopt : std::optional(deadlines_.top().when);
}

void outbox::expire(time_point now) {
  while (!deadlines_.empty() && deadlines_.top().when <= now) {
    const message_id id{deadlines_.top().key};
    const bool acked = at(id.value).stage == stage::awaiting_reply;
    give_up(id, acked ? outcome::unanswered : outcome::expired, now);
  }
}

void outbox::abandon(time_point safe_since, time_point now, std::vector<outgoing>& kept) {
  const std::uint64_t end = next_;
  for (std::uint64_t n = oldest_; n < end; ++n) {
    outgoing& m = at(n);
    if (m.stage == stage::done) continue;
    const bool not_run = m.stage != stage::awaiting_reply && (m.tries == 0 || m.first_sent > safe_since);
    if (m.given_up || m.is_reply) {
      settle({n});
    } else if (not_run) {
      bytes_ -= m.bytes.size();
      kept.push_back(std::move(m));
      m.bytes.clear();
      m.heap_position = kept.back().heap_position;
      settle({n});
    } else {
      resolve({n}, outcome::unknown, now);
    }
  }
}

std::optional<resolution> outbox::poll_resolution() {
  if (resolutions_.empty()) return std::nullopt;
  return resolutions_.pop();
}

outgoing& outbox::append(time_point deadline) {
  if (next_ - oldest_ >= ring_.size()) grow();
  const std::uint64_t id = next_++;
  outgoing& m = at(id);
  std::vector<std::byte> storage = std::move(m.bytes);
  storage.clear();
  m = outgoing{};
  m.bytes = std::move(storage);
  m.stage = stage::waiting;
  m.deadline = deadline;
  deadlines_.set(id, deadline, [this](std::uint64_t n) -> std::uint32_t& { return at(n).heap_position; });
  return m;
}

void outbox::store(outgoing& m, std::span<const std::byte> bytes) {
  m.bytes.assign(bytes.begin(), bytes.end());
  bytes_ += bytes.size();
}

void outbox::grow() {
  std::vector<outgoing> larger(std::max(least_ring, ring_.size() * 2));
  for (std::uint64_t n = oldest_; n < next_; ++n) larger[n & (larger.size() - 1)] = std::move(at(n));
  ring_ = std::move(larger);
}

wire::message outbox::frame_of(message_id id) const {
  const outgoing& m = at(id.value);
  wire::message frame;
  frame.mode = m.mode;
  frame.wants_reply = m.wants_reply;
  frame.id = static_cast<std::uint16_t>(id.value);
  frame.order = static_cast<std::uint16_t>(m.order.value);
  if (m.is_reply)
    frame.in_reply_to = wire::request_name{static_cast<std::uint16_t>(m.in_reply_to.value), false};
  frame.channel = m.channel;
  frame.bytes = m.bytes;
  return frame;
}

void outbox::queue_repetition(message_id id) {
  at(id.value).to_repeat = true;
  repetitions_.push(id);
}

void outbox::announce(message_id id, dgram::outcome o, time_point now, std::span<const std::byte> reply) {
  const outgoing& m = at(id.value);
  resolution r;
  r.ticket = m.ticket;
  r.report.outcome = o;
  r.report.tries = m.tries;
  r.report.round_trip = m.tries > 0 ? now - m.first_sent : duration{0};
  r.report.since_sent = now - m.submitted;
  r.reply = reply;
  r.is_reply = m.is_reply;
  r.in_reply_to = m.in_reply_to;
  resolutions_.push(r);
}

void outbox::resolve(message_id id, dgram::outcome o, time_point now, std::span<const std::byte> reply) {
  announce(id, o, now, reply);
  settle(id);
}

void outbox::give_up(message_id id, dgram::outcome o, time_point now) {
  outgoing& m = at(id.value);
  if (m.mode != delivery_mode::ordered || m.stage == stage::awaiting_reply) {
    resolve(id, o, now);
    return;
  }
  // Later messages of its channel wait for it at the peer, so the entry stays, empty, and goes out as a skip
  // until that is acknowledged.
  announce(id, o, now, {});
  release(m);
  drop_deadline(id);
  m.given_up = true;
  if (m.stage == stage::in_flight && m.copies == 0 && !m.to_repeat) queue_repetition(id);
}

void outbox::release(outgoing& m) {
  bytes_ -= m.bytes.size();
  m.bytes.clear();
}

void outbox::settle(message_id id) {
  outgoing& m = at(id.value);
  release(m);
  drop_deadline(id);
  m.stage = stage::done;
  m.to_repeat = false;
  advance();
}

void outbox::drop_deadline(message_id id) {
  deadlines_.remove(id.value, [this](std::uint64_t n) -> std::uint32_t& { return at(n).heap_position; });
}

void outbox::advance() {
  while (oldest_ < next_ && at(oldest_).stage == stage::done) ++oldest_;
  oldest_unacked_ = std::max(oldest_unacked_, oldest_);
  while (oldest_unacked_ < next_ &&
         (at(oldest_unacked_).stage == stage::done || at(oldest_unacked_).stage == stage::awaiting_reply)) {
    ++oldest_unacked_;
  }
  fresh_ = std::max(fresh_, oldest_);
}

order_number outbox::next_order(channel_id channel) {
  if (orders_.size() <= channel.value) orders_.resize(channel.value + std::size_t{1});
  const order_number order = orders_[channel.value];
  ++orders_[channel.value];
  return order;
}

}  // namespace dgram
