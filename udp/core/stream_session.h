// SPDX-License-Identifier: MIT
// The TCP twin of a session: the same messages, request ids, deadlines and outcomes over framed byte streams.
// TCP repeats and orders, so all modes arrive reliable and in order, and nothing is ever sent twice here:
// what was handed to a connection that broke ends as `unknown`.
//
// Wires together: framing (where a frame ends), outbox (our messages), requests (theirs that wait for us),
// output (what is framed but not written). Knows no sockets, no clock.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "udp/core/stream_framing.h"
#include "udp/core/stream_options.h"
#include "udp/core/stream_outbox.h"
#include "udp/core/stream_output.h"
#include "udp/core/stream_protocol.h"
#include "udp/core/stream_requests.h"

namespace dgram {

class stream_session final : public stream_protocol {
 public:
  // A responder's only connection is the one it was accepted on.
  stream_session(const stream_options&, stream_role, peer_id);

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
  void keep() override {
    outbox_.keep();
    parser_.keep();
  }

  void accept_messages(bool accept) override { accepting_ = accept; }
  bool ready() const override { return connected_ && held_back_ && has_room(); }

  bool wants_connection() const override { return !connected_ && outbox_.waiting(); }
  bool connected() const override { return connected_; }
  bool wants_bytes() const override { return connected_ && (!held_back_ || has_room()); }

  // The peer's preamble has come: it is one of ours.
  bool greeted() const { return connected_ && parser_.greeted(); }

 private:
  bool has_room() const {
    return accepting_ && requests_.unreplied() < options_.max_unreplied &&
           output_.size() <= options_.send_buffer / 2;
  }
  std::optional<event> next_notice();
  void note_greeting();
  void watch_frame();
  std::optional<time_point> frame_end() const;
  std::optional<event> take(const stream_frame&);
  std::optional<event> take_message(const stream_frame&);
  void take_reply(const stream_frame&);
  void take_close(const stream_frame&);
  void fail(discard_reason);
  void end(end_reason, outcome of_written);
  void append_acknowledgement();
  void append_goodbye();
  // Nothing goes before a responder's preamble, which waits for the initiator's.
  bool may_write() const { return role_ == stream_role::initiator || parser_.greeted(); }
  std::optional<time_point> idle_end() const;

  stream_options options_;
  stream_role role_;
  peer_id peer_;
  stream_parser parser_;
  stream_outbox outbox_;
  stream_output output_;
  stream_requests requests_;

  session_id connection_{};  // counts this peer's connections, so that a late reply meets its own only
  bool connected_ = false;
  bool closed_ = false;
  bool accepting_ = true;
  bool held_back_ = false;  // a message is next in the stream, and there was no room for it
  message_id taken_{};      // the peer's newest message that was handed on
  message_id told_{};       // what the peer was told of that
  time_point now_{};        // of the latest verb: poll_event has none
  time_point last_sign_{};  // of life: heard something, or got rid of something that was stuck
  bool heard_anything_ = false;
  bool stuck_ = false;                     // the stream did not take all that was there
  std::optional<time_point> frame_began_;  // and is not whole
  bool opened_notice_ = false;
  std::optional<end_reason> ended_notice_;
};

}  // namespace dgram
