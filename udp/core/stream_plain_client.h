// SPDX-License-Identifier: MIT
// A client of any TCP service that knows nothing of us: a request is its bytes as they are, and what the next
// read returns is its reply.
//
// A plain stream has no boundaries, no ids and no acknowledgements, hence:
//  - requests go one at a time: the next waits until the one before was answered or given up;
//  - a reply that comes in two reads answers with the first; the rest arrives as a message;
//  - an unanswered request ends the connection, or its late reply would answer the next one;
//  - a message that wants no reply is `unknown` as soon as it is on its way.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "udp/core/stream_options.h"
#include "udp/core/stream_outbox.h"
#include "udp/core/stream_output.h"
#include "udp/core/stream_protocol.h"

namespace dgram {

class stream_plain_client final : public stream_protocol {
 public:
  stream_plain_client(const stream_options&, peer_id);

  void handle_opened(time_point now) override;
  void handle_bytes(std::span<const std::byte> bytes, time_point now) override;
  void handle_end(time_point now) override;
  void handle_broken(time_point now) override;
  void handle_timeout(time_point now) override;

  send_status send(std::span<const std::byte>, const send_options&, ticket, time_point now) override;
  send_status reply(const request_id&, std::span<const std::byte>, time_point now) override;
  void close(time_point now) override;

  std::span<const std::byte> poll_transmit(time_point now) override;
  void transmitted(std::size_t count, time_point now) override;
  std::optional<time_point> next_timeout() const override { return outbox_.next_deadline(); }
  std::optional<event> poll_event() override;
  void keep() override;

  void accept_messages(bool accept) override { accepting_ = accept; }
  bool ready() const override { return connected_ && has_chunk_ && accepting_; }

  bool wants_connection() const override { return !connected_ && outbox_.waiting(); }
  bool connected() const override { return connected_; }
  bool wants_bytes() const override { return connected_ && (!has_chunk_ || accepting_); }

 private:
  void end(end_reason);

  peer_id peer_;
  stream_outbox outbox_;
  stream_output output_;
  bool connected_ = false;
  bool closed_ = false;
  bool accepting_ = true;
  bool opened_notice_ = false;
  std::optional<end_reason> ended_notice_;
  session_id connection_{};
  message_id last_{};
  time_point now_{};

  bool has_chunk_ = false;
  std::span<const std::byte> chunk_;
  std::vector<std::byte> kept_;
};

}  // namespace dgram
