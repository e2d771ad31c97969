// SPDX-License-Identifier: MIT
// One peer behind byte streams: what net (or a test's in-memory stream) drives. Who speaks what over it is
// the implementation's affair: our frames, or plain bytes from peers that know nothing of us.
//
// A connection begins with handle_opened and ends when connected() turns false. The peer can outlive it: what
// was never written waits for the next connection, which wants_connection asks for.
//
// After every verb: poll_event until nothing, write what poll_transmit has, ask next_timeout, and read only
// while wants_bytes.
#pragma once

#include <cstddef>
#include <optional>
#include <span>

#include "udp/core/event.h"
#include "udp/core/ids.h"
#include "udp/core/message.h"
#include "udp/core/statistics.h"
#include "udp/core/time.h"

namespace dgram {

class stream_protocol {
 public:
  stream_protocol() = default;
  virtual ~stream_protocol() = default;
  stream_protocol(const stream_protocol&) = delete;
  stream_protocol& operator=(const stream_protocol&) = delete;

  virtual void handle_opened(time_point now) = 0;
  // What one read returned. `bytes` are borrowed until poll_event returned nothing, or keep().
  virtual void handle_bytes(std::span<const std::byte> bytes, time_point now) = 0;
  // The peer sends no more: end of stream.
  virtual void handle_end(time_point now) = 0;
  // The connection broke.
  virtual void handle_broken(time_point now) = 0;
  // Call when next_timeout has come; at any other time it does nothing.
  virtual void handle_timeout(time_point now) = 0;

  // Takes a copy of the bytes.
  virtual send_status send(std::span<const std::byte>, const send_options&, ticket, time_point now) = 0;
  // Answers a request once; no_peer for later calls and for requests of a connection that ended.
  virtual send_status reply(const request_id&, std::span<const std::byte>, time_point now) = 0;
  // Every message without an outcome gets one; a goodbye is left for poll_transmit.
  virtual void close(time_point now) = 0;

  // What to write now, in one piece; `transmitted` says how much of it the stream took. Bytes can remain
  // after connected() turned false (a goodbye): write them, then close.
  virtual std::span<const std::byte> poll_transmit(time_point now) = 0;
  virtual void transmitted(std::size_t count, time_point now) = 0;
  virtual std::optional<time_point> next_timeout() const = 0;
  // What happened, oldest first. Spans are valid until the next call of any verb but send and reply.
  virtual std::optional<event> poll_event() = 0;
  // Copies what is still borrowed, so that the read buffer is free again.
  virtual void keep() = 0;

  // While false, the next message waits in the stream, and everything behind it.
  virtual void accept_messages(bool) = 0;
  // Bytes that were held back can go on: poll_event has something although nothing was read.
  virtual bool ready() const = 0;

  virtual bool wants_connection() const = 0;
  virtual bool connected() const = 0;
  virtual bool wants_bytes() const = 0;
  const statistics& counted() const { return counted_; }

 protected:
  void count(const delivery_report&);
  void count_read(std::size_t bytes);
  void count_write(std::size_t bytes);
  void count_opened();
  void count_ended();

  statistics counted_;
};

}  // namespace dgram
