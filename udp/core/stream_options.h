// SPDX-License-Identifier: MIT
// Every tunable of the messages-over-a-byte-stream part of the core: unit, default, and why.
#pragma once

#include <cstddef>

#include "udp/core/time.h"

namespace dgram {

struct stream_options {
  // Longest message, both ways; at most largest_message. A longer one is refused here, and a peer that
  // announces one is cut off.
  std::size_t max_message = 1024 * 1024;
  static constexpr std::size_t largest_message = 16 * 1024 * 1024;

  // Bytes of messages that wait to be written at most; beyond it `send` says would_block. A single message
  // always fits. Framed bytes that a peer does not read have a limit of their own: beyond half of this its
  // next message waits in the stream, beyond this and one message more `reply` says would_block.
  std::size_t send_buffer = 1024 * 1024;
  // Messages at most between the oldest without an outcome and the newest that was written; beyond it the
  // rest waits in the send buffer.
  std::size_t max_in_flight = 65536;
  // Requests that wait for the user's reply, per peer; beyond it the peer's next message waits in the stream.
  std::size_t max_unreplied = 1024;

  // A peer that says nothing and is owed nothing is cut off after this long. An initiator ends an unused
  // connection after half of it, so that its next message does not cross the responder's goodbye.
  duration idle_timeout = std::chrono::seconds(60);
  // From the acceptance to the first byte.
  duration first_byte_timeout = std::chrono::seconds(60);
  // From the first byte to the whole preamble.
  duration preamble_timeout = std::chrono::seconds(5);
  // From a frame's first byte to its last, plus one second for each 64 KiB: one byte a second is no peer.
  duration frame_timeout = std::chrono::seconds(10);
};

}  // namespace dgram
