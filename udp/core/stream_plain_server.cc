// SPDX-License-Identifier: MIT
#include "udp/core/stream_plain_server.h"

#include <utility>

namespace dgram {

stream_plain_server::stream_plain_server(const stream_options& options, peer_id peer)
    : options_(options), peer_(peer) {}

void stream_plain_server::handle_opened(time_point now) {
  last_sign_ = now;
  connected_ = opened_notice_ = true;
  count_opened();
}

void stream_plain_server::handle_bytes(std::span<const std::byte> bytes, time_point now) {
  if (!connected_) return;
  last_sign_ = now;
  count_read(bytes.size());
  chunk_ = bytes;
  has_chunk_ = true;
}

void stream_plain_server::keep() {
  if (!has_chunk_ || (!kept_.empty() && chunk_.data() == kept_.data())) return;
  kept_.assign(chunk_.begin(), chunk_.end());
  chunk_ = kept_;
}

void stream_plain_server::handle_end(time_point now) {
  last_sign_ = now;
  input_ended_ = true;
}

void stream_plain_server::handle_broken(time_point) {
  output_.clear();
  end(end_reason::connection_lost);
}

void stream_plain_server::close(time_point) {
  end(end_reason::closed_here);
}

void stream_plain_server::end(end_reason why) {
  if (!std::exchange(connected_, false)) return;
  ended_notice_ = why;
  has_chunk_ = false;
  kept_ = {};
  requests_.clear();
}

bool stream_plain_server::has_room() const {
  return accepting_ && requests_.unreplied() < options_.max_unreplied &&
         output_.size() <= options_.send_buffer / 2;
}

bool stream_plain_server::finished() const {
  return input_ended_ && !has_chunk_ && requests_.unreplied() == 0 && output_.empty();
}

std::optional<event> stream_plain_server::poll_event() {
  if (!resolved_.empty()) {
    count(resolved_.front().report);
    return resolved_.pop();
  }
  if (std::exchange(opened_notice_, false)) return session_opened{peer_};
  if (connected_ && has_chunk_ && has_room()) return take_chunk();
  if (connected_ && finished()) end(end_reason::closed_by_peer);
  if (const auto why = std::exchange(ended_notice_, std::nullopt)) {
    count_ended();
    return session_ended{peer_, *why};
  }
  keep();
  return std::nullopt;
}

event stream_plain_server::take_chunk() {
  has_chunk_ = false;
  requests_.took(++last_);
  ++counted_.messages_received;
  return message_arrived{{peer_, {}, last_}, delivery_mode::ordered, {}, true, chunk_};
}

send_status stream_plain_server::send(std::span<const std::byte> bytes, const send_options&, ticket t,
                                      time_point) {
  if (!connected_) return send_status::no_peer;
  if (bytes.size() > options_.max_message) return send_status::too_large;
  if (!output_.empty() && output_.size() + bytes.size() > options_.send_buffer) {
    return send_status::would_block;
  }
  output_.tail().insert(output_.tail().end(), bytes.begin(), bytes.end());
  ++counted_.messages_sent;
  delivery_report report;
  report.outcome = outcome::unknown;
  report.tries = 1;
  resolved_.push({peer_, t, report, {}});
  return send_status::accepted;
}

send_status stream_plain_server::reply(const request_id& id, std::span<const std::byte> bytes,
                                       time_point now) {
  if (!connected_) return send_status::no_peer;
  if (bytes.size() > options_.max_message) return send_status::too_large;
  if (!output_.empty() && output_.size() + bytes.size() > options_.send_buffer + options_.max_message) {
    return send_status::would_block;
  }
  if (!requests_.reply(id.message)) return send_status::no_peer;
  last_sign_ = now;
  output_.tail().insert(output_.tail().end(), bytes.begin(), bytes.end());
  ++counted_.messages_sent;
  return send_status::accepted;
}

std::span<const std::byte> stream_plain_server::poll_transmit(time_point) {
  return output_.pending();
}

void stream_plain_server::transmitted(std::size_t bytes, time_point now) {
  if (bytes == 0) return;
  last_sign_ = now;
  count_write(bytes);
  output_.written(bytes);
}

std::optional<time_point> stream_plain_server::next_timeout() const {
  if (!connected_) return std::nullopt;
  // While our user owes a reply, or takes no messages, the silence is ours.
  const bool ours = requests_.unreplied() > 0 || has_chunk_;
  if (output_.empty() && ours) return std::nullopt;
  return last_sign_ + options_.idle_timeout;
}

void stream_plain_server::handle_timeout(time_point now) {
  const auto due = next_timeout();
  if (!due || *due > now) return;
  output_.clear();
  end(end_reason::idle);
}

}  // namespace dgram
