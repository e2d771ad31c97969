// SPDX-License-Identifier: MIT
#include "udp/core/stream_session.h"

#include <algorithm>
#include <utility>

namespace dgram {
namespace {

constexpr stream_role other(stream_role r) {
  return r == stream_role::initiator ? stream_role::responder : stream_role::initiator;
}

}  // namespace

stream_session::stream_session(const stream_options& options, stream_role role, peer_id peer)
    : options_(options),
      role_(role),
      peer_(peer),
      parser_(other(role), std::min(options.max_message, stream_options::largest_message)),
      outbox_(options, peer) {
  options_.max_message = std::min(options.max_message, stream_options::largest_message);
}

// --- A connection's life.

void stream_session::handle_opened(time_point now) {
  now_ = last_sign_ = now;
  ++connection_;
  connected_ = true;
  held_back_ = heard_anything_ = stuck_ = false;
  parser_ = stream_parser(other(role_), options_.max_message);
  requests_.clear();
  output_.clear();
  taken_ = told_ = {};
  frame_began_.reset();
  outbox_.start_connection();
  // A responder waits for the peer's: plain peers must not get one.
  if (role_ == stream_role::initiator) append_preamble(output_.tail(), role_);
}

void stream_session::handle_end(time_point now) {
  handle_broken(now);
}

void stream_session::handle_broken(time_point now) {
  now_ = now;
  output_.clear();
  end(end_reason::connection_lost, outcome::unknown);
}

void stream_session::close(time_point now) {
  now_ = now;
  closed_ = true;
  if (connected_) append_goodbye();
  outbox_.resolve_waiting(outcome::refused, now);
  end(end_reason::closed_here, outcome::unknown);
}

void stream_session::end(end_reason why, outcome of_written) {
  outbox_.resolve_written(of_written, now_);
  if (closed_ || role_ == stream_role::responder) outbox_.resolve_waiting(outcome::refused, now_);
  requests_.clear();
  frame_began_.reset();
  held_back_ = false;
  if (!std::exchange(connected_, false)) return;
  if (parser_.greeted()) ended_notice_ = why;
}

void stream_session::fail(discard_reason why) {
  counted_.discarded.count(why);
  output_.clear();
  end(end_reason::connection_lost, outcome::unknown);
}

// --- What arrives.

void stream_session::handle_bytes(std::span<const std::byte> bytes, time_point now) {
  now_ = last_sign_ = now;
  if (!connected_) return;
  heard_anything_ = true;
  ++counted_.datagrams_received;
  counted_.bytes_received += bytes.size();
  parser_.feed(bytes);
}

std::optional<event> stream_session::poll_event() {
  for (;;) {
    if (const auto resolved = outbox_.next_resolved()) {
      count(resolved->report);
      return *resolved;
    }
    if (const auto notice = next_notice()) return notice;
    if (!connected_) return std::nullopt;
    const bool greeted = parser_.greeted();
    const auto frame = parser_.front();
    if (!greeted && parser_.greeted()) note_greeting();
    if (parser_.failure()) {
      fail(*parser_.failure());
      continue;
    }
    held_back_ = frame && frame->kind == frame_kind::message && !has_room();
    if (!frame || held_back_) {
      parser_.keep();
      watch_frame();
      if (opened_notice_) continue;
      return std::nullopt;
    }
    if (opened_notice_) continue;
    parser_.pop();
    frame_began_.reset();
    if (auto arrived = take(*frame)) return arrived;
  }
}

std::optional<event> stream_session::next_notice() {
  if (std::exchange(opened_notice_, false)) return session_opened{peer_};
  if (const auto why = std::exchange(ended_notice_, std::nullopt)) {
    count_ended();
    return session_ended{peer_, *why};
  }
  return std::nullopt;
}

void stream_session::note_greeting() {
  opened_notice_ = true;
  count_opened();
  if (role_ == stream_role::responder) append_preamble(output_.tail(), role_);
}

// A frame that began has a time by which it must end, unless it is we who do not let it.
void stream_session::watch_frame() {
  if (held_back_ || parser_.pending() == 0) {
    frame_began_.reset();
  } else if (!frame_began_) {
    frame_began_ = now_;
  }
}

std::optional<time_point> stream_session::frame_end() const {
  if (!frame_began_) return std::nullopt;
  if (!parser_.greeted()) return *frame_began_ + options_.preamble_timeout;
  const auto slack = std::chrono::seconds(parser_.announced() / (64 * 1024));
  return *frame_began_ + options_.frame_timeout + slack;
}

std::optional<event> stream_session::take(const stream_frame& frame) {
  switch (frame.kind) {
    case frame_kind::message: return take_message(frame);
    case frame_kind::reply: take_reply(frame); break;
    case frame_kind::ack:
      if (!outbox_.acknowledge(frame.id, now_)) fail(discard_reason::bad_ack);
      break;
    case frame_kind::close: take_close(frame); break;
  }
  return std::nullopt;
}

std::optional<event> stream_session::take_message(const stream_frame& frame) {
  if (frame.id <= taken_) {
    fail(discard_reason::malformed);
    return std::nullopt;
  }
  taken_ = frame.id;
  last_sign_ = now_;
  if (frame.wants_reply) requests_.took(frame.id);
  ++counted_.messages_received;
  const request_id id{peer_, connection_, frame.id};
  return message_arrived{id, frame.mode, frame.channel, frame.wants_reply, frame.bytes};
}

void stream_session::take_reply(const stream_frame& frame) {
  using status = stream_outbox::answer_status;
  const auto s = outbox_.answer(frame.id, frame.bytes, now_);
  if (s == status::late) counted_.discarded.count(discard_reason::late_reply);
  if (s == status::never_sent) fail(discard_reason::bad_ack);
}

// The peer took everything up to frame.id, and is certain to take nothing behind it.
void stream_session::take_close(const stream_frame& frame) {
  if (!outbox_.acknowledge(frame.id, now_)) return fail(discard_reason::bad_ack);
  output_.clear();
  outbox_.resolve_untaken(outcome::refused, now_);
  end(end_reason::closed_by_peer, outcome::unknown);
}

// --- What is sent.

send_status stream_session::send(std::span<const std::byte> bytes, const send_options& options, ticket t,
                                 time_point now) {
  now_ = now;
  const bool over = closed_ || (role_ == stream_role::responder && !connected_);
  const auto status = over ? send_status::no_peer : outbox_.push(bytes, options, t, now);
  if (status == send_status::accepted) ++counted_.messages_sent;
  return status;
}

send_status stream_session::reply(const request_id& id, std::span<const std::byte> bytes, time_point now) {
  now_ = now;
  if (!connected_ || id.session != connection_) return send_status::no_peer;
  if (bytes.size() > options_.max_message) return send_status::too_large;
  if (!output_.empty() && output_.size() + bytes.size() > options_.send_buffer + options_.max_message) {
    return send_status::would_block;
  }
  if (!requests_.reply(id.message)) return send_status::no_peer;
  append_frame(output_.tail(), {.kind = frame_kind::reply, .id = id.message, .bytes = bytes});
  // Messages are taken in order, so this reply says that all earlier ones were taken as well.
  told_ = std::max(told_, id.message);
  last_sign_ = now;
  ++counted_.messages_sent;
  return send_status::accepted;
}

std::span<const std::byte> stream_session::poll_transmit(time_point now) {
  now_ = now;
  if (connected_ && may_write()) {
    append_acknowledgement();
    while (output_.size() < stream_output::batch) {
      const auto next = outbox_.front();
      if (!next) break;
      append_frame_header(
          output_.tail(),
          {.mode = next->mode, .wants_reply = next->wants_reply, .channel = next->channel, .id = next->id},
          next->size);
      outbox_.write_front(output_.tail(), now);
    }
  }
  return output_.pending();
}

void stream_session::append_acknowledgement() {
  if (told_ >= taken_) return;
  append_frame(output_.tail(), {.kind = frame_kind::ack, .id = taken_});
  told_ = taken_;
}

void stream_session::append_goodbye() {
  if (!may_write()) return;
  append_frame(output_.tail(), {.kind = frame_kind::close, .id = taken_});
}

void stream_session::transmitted(std::size_t bytes, time_point now) {
  now_ = now;
  // Room in a stream that was full means that the peer's system took something.
  if (bytes > 0 && stuck_) last_sign_ = now;
  stuck_ = bytes < output_.size();
  if (bytes == 0) return;
  count_write(bytes);
  output_.written(bytes);
}

// --- Time.

void stream_session::handle_timeout(time_point now) {
  now_ = now;
  outbox_.expire(now);
  if (!connected_) return;
  if (const auto end = frame_end(); end && *end <= now) return fail(discard_reason::truncated);
  if (const auto end_of_silence = idle_end(); end_of_silence && *end_of_silence <= now) {
    // Behind what the stream does not take there is no place for a goodbye.
    if (output_.empty()) {
      append_goodbye();
    } else {
      output_.clear();
    }
    end(end_reason::idle, outcome::unknown);
  }
}

std::optional<time_point> stream_session::next_timeout() const {
  auto next = outbox_.next_deadline();
  if (!connected_) return next;
  for (const auto t : {frame_end(), idle_end()}) {
    if (t && (!next || *t < *next)) next = t;
  }
  return next;
}

std::optional<time_point> stream_session::idle_end() const {
  const bool initiates = role_ == stream_role::initiator;
  if (!initiates && !heard_anything_) return last_sign_ + options_.first_byte_timeout;
  // What was written and not even acknowledged: the peer is silent, whatever else.
  if (!output_.empty() || outbox_.unacknowledged()) return last_sign_ + options_.idle_timeout;
  // A reply is owed, by the peer's user or by ours: silence is as it should be.
  if (held_back_ || requests_.unreplied() > 0 || outbox_.in_flight()) return std::nullopt;
  return last_sign_ + (initiates ? options_.idle_timeout / 2 : options_.idle_timeout);
}

}  // namespace dgram
