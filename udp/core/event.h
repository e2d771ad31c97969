// SPDX-License-Identifier: MIT
// What a user of the core hears. Spans point into the datagram or into the core's own memory and are valid
// until the next handle_datagram, handle_bytes or handle_timeout.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <variant>

#include "udp/core/ids.h"
#include "udp/core/message.h"

namespace dgram {

// Names one request that waits for its reply.
struct request_id {
  peer_id peer;
  session_id session;
  message_id message;

  auto operator<=>(const request_id&) const = default;
};

// A message arrived: exactly once for reliable and ordered ones, at most once for all.
struct message_arrived {
  request_id id;
  delivery_mode mode;
  channel_id channel;
  bool wants_reply;
  std::span<const std::byte> bytes;
};

// A message that was sent has its outcome. `reply` is set when it was answered.
struct message_resolved {
  peer_id peer;
  dgram::ticket ticket;
  delivery_report report;
  std::span<const std::byte> reply;
};

// The first valid datagram of a session arrived (at both ends).
struct session_opened {
  peer_id peer;
};

enum class end_reason : std::uint8_t {
  idle,             // nothing was heard for the session's life time
  closed_by_peer,   // the peer said so
  closed_here,      // we said so
  peer_restarted,   // the peer runs anew and does not know the session
  peer_forgot,      // the peer dropped the session, or refused a new one
  evicted,          // dropped to stay within the limit on sessions
  connection_lost,  // TCP: the connection broke or could not be made
};
std::string_view to_string(end_reason);

// A session ended. An initiator's peer stays usable: the next message begins a new session.
struct session_ended {
  peer_id peer;
  end_reason reason;
};

using event = std::variant<message_arrived, message_resolved, session_opened, session_ended>;

}  // namespace dgram
