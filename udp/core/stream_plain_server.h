// SPDX-License-Identifier: MIT
// A peer that connected and speaks no protocol of ours: what one read returns is one message that wants a
// reply, and a reply is its bytes as they are. End of stream is the end, once every reply was written. What
// we send unasked has no acknowledgement, so its outcome is `unknown` as soon as it is on its way.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "udp/core/ring_queue.h"
#include "udp/core/stream_options.h"
#include "udp/core/stream_output.h"
#include "udp/core/stream_protocol.h"
#include "udp/core/stream_requests.h"

namespace dgram {

class stream_plain_server final : public stream_protocol {
 public:
  stream_plain_server(const stream_options&, peer_id);

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
  std::optional<time_point> next_timeout() const override;
  std::optional<event> poll_event() override;
  void keep() override;

  void accept_messages(bool accept) override { accepting_ = accept; }
  bool ready() const override { return connected_ && ((has_chunk_ && has_room()) || finished()); }

  bool wants_connection() const override { return false; }
  bool connected() const override { return connected_; }
  bool wants_bytes() const override { return connected_ && !input_ended_ && (!has_chunk_ || has_room()); }

 private:
  bool has_room() const;
  // The peer will say no more, and was told everything.
  bool finished() const;
  void end(end_reason);
  event take_chunk();

  stream_options options_;
  peer_id peer_;
  stream_output output_;
  stream_requests requests_;
  bool connected_ = false;
  bool input_ended_ = false;
  bool accepting_ = true;
  bool opened_notice_ = false;
  std::optional<end_reason> ended_notice_;
  time_point last_sign_{};
  message_id last_{};

  // What was read and not handed on: at most one chunk, since nothing is read meanwhile.
  bool has_chunk_ = false;
  std::span<const std::byte> chunk_;
  std::vector<std::byte> kept_;
  ring_queue<message_resolved> resolved_;
};

}  // namespace dgram
