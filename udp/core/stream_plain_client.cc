// SPDX-License-Identifier: MIT
#include "udp/core/stream_plain_client.h"

#include <utility>

namespace dgram {

stream_plain_client::stream_plain_client(const stream_options& options, peer_id peer)
    : peer_(peer), outbox_(options, peer) {}

void stream_plain_client::handle_opened(time_point now) {
  now_ = now;
  ++connection_;
  connected_ = opened_notice_ = true;
  has_chunk_ = false;
  output_.clear();
  outbox_.start_connection();
  count_opened();
}

void stream_plain_client::handle_bytes(std::span<const std::byte> bytes, time_point now) {
  now_ = now;
  if (!connected_) return;
  count_read(bytes.size());
  chunk_ = bytes;
  has_chunk_ = true;
}

void stream_plain_client::keep() {
  if (!has_chunk_ || (!kept_.empty() && chunk_.data() == kept_.data())) return;
  kept_.assign(chunk_.begin(), chunk_.end());
  chunk_ = kept_;
}

void stream_plain_client::handle_end(time_point now) {
  now_ = now;
  end(end_reason::closed_by_peer);
}

void stream_plain_client::handle_broken(time_point now) {
  now_ = now;
  end(end_reason::connection_lost);
}

void stream_plain_client::close(time_point now) {
  now_ = now;
  closed_ = true;
  outbox_.resolve_waiting(outcome::refused, now);
  end(end_reason::closed_here);
}

void stream_plain_client::end(end_reason why) {
  outbox_.resolve_written(outcome::unknown, now_);
  if (why != end_reason::closed_here) output_.clear();
  has_chunk_ = false;
  if (std::exchange(connected_, false)) ended_notice_ = why;
}

void stream_plain_client::handle_timeout(time_point now) {
  now_ = now;
  const auto asked = outbox_.oldest_unanswered();
  // What was written whole and got no reply is unanswered: nothing but a reply can show that it arrived.
  if (asked) outbox_.acknowledge(*asked, now);
  outbox_.expire(now);
  if (asked && outbox_.oldest_unanswered() != asked) end(end_reason::connection_lost);
}

std::optional<event> stream_plain_client::poll_event() {
  for (;;) {
    if (const auto resolved = outbox_.next_resolved()) {
      count(resolved->report);
      return *resolved;
    }
    if (std::exchange(opened_notice_, false)) return session_opened{peer_};
    if (const auto why = std::exchange(ended_notice_, std::nullopt)) {
      count_ended();
      return session_ended{peer_, *why};
    }
    if (!connected_ || !has_chunk_) return std::nullopt;
    const auto asked = outbox_.oldest_unanswered();
    if (!asked && !accepting_) {
      keep();
      return std::nullopt;
    }
    has_chunk_ = false;
    if (!asked) {
      ++counted_.messages_received;
      return message_arrived{{peer_, connection_, ++last_}, delivery_mode::ordered, {}, false, chunk_};
    }
    outbox_.answer(*asked, chunk_, now_);
  }
}

send_status stream_plain_client::send(std::span<const std::byte> bytes, const send_options& options, ticket t,
                                      time_point now) {
  now_ = now;
  if (closed_) return send_status::no_peer;
  const auto status = outbox_.push(bytes, options, t, now);
  if (status == send_status::accepted) ++counted_.messages_sent;
  return status;
}

send_status stream_plain_client::reply(const request_id&, std::span<const std::byte>, time_point) {
  return send_status::no_peer;
}

std::span<const std::byte> stream_plain_client::poll_transmit(time_point now) {
  now_ = now;
  while (connected_ && output_.size() < stream_output::batch && !outbox_.oldest_unanswered()) {
    const auto next = outbox_.front();
    if (!next) break;
    outbox_.write_front(output_.tail(), now);
    if (!next->wants_reply) outbox_.resolve_written(next->id, outcome::unknown, now);
  }
  return output_.pending();
}

void stream_plain_client::transmitted(std::size_t bytes, time_point now) {
  now_ = now;
  if (bytes == 0) return;
  count_write(bytes);
  output_.written(bytes);
}

}  // namespace dgram
