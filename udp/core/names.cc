// SPDX-License-Identifier: MIT
// The words for the enumerations that users print.
#include "udp/core/event.h"
#include "udp/core/message.h"
#include "udp/core/statistics.h"
#include "udp/core/trace.h"

namespace dgram {

std::string_view to_string(outcome o) {
  switch (o) {
    case outcome::delivered: return "delivered";
    case outcome::answered: return "answered";
    case outcome::unanswered: return "unanswered";
    case outcome::expired: return "expired";
    case outcome::lost: return "lost";
    case outcome::refused: return "refused";
    case outcome::unknown: return "unknown";
  }
  return "?";
}

std::string_view to_string(delivery_mode m) {
  switch (m) {
    case delivery_mode::unreliable: return "unreliable";
    case delivery_mode::sequenced: return "sequenced";
    case delivery_mode::reliable: return "reliable";
    case delivery_mode::ordered: return "ordered";
  }
  return "?";
}

std::string_view to_string(send_status s) {
  switch (s) {
    case send_status::accepted: return "accepted";
    case send_status::too_large: return "message too large";
    case send_status::would_block: return "queue full";
    case send_status::no_peer: return "no such peer";
  }
  return "?";
}

std::string_view to_string(end_reason r) {
  switch (r) {
    case end_reason::idle: return "idle";
    case end_reason::closed_by_peer: return "closed by the peer";
    case end_reason::closed_here: return "closed";
    case end_reason::peer_restarted: return "the peer was restarted";
    case end_reason::peer_forgot: return "the peer does not know the session";
    case end_reason::evicted: return "evicted";
    case end_reason::connection_lost: return "connection lost";
  }
  return "?";
}

std::string_view to_string(discard_reason r) {
  switch (r) {
    case discard_reason::truncated: return "truncated";
    case discard_reason::foreign: return "foreign";
    case discard_reason::wrong_version: return "wrong_version";
    case discard_reason::bad_checksum: return "bad_checksum";
    case discard_reason::malformed: return "malformed";
    case discard_reason::wrong_direction: return "wrong_direction";
    case discard_reason::unknown_session: return "unknown_session";
    case discard_reason::wrong_epoch: return "wrong_epoch";
    case discard_reason::wrong_address: return "wrong_address";
    case discard_reason::duplicate: return "duplicate";
    case discard_reason::too_old: return "too_old";
    case discard_reason::bad_ack: return "bad_ack";
    case discard_reason::not_accepting: return "not_accepting";
    case discard_reason::reorder_full: return "reorder_full";
    case discard_reason::session_limit: return "session_limit";
    case discard_reason::no_new_sessions: return "no_new_sessions";
    case discard_reason::repeated_message: return "repeated_message";
    case discard_reason::stale_sequenced: return "stale_sequenced";
    case discard_reason::late_reply: return "late_reply";
    case discard_reason::buffer_full: return "buffer_full";
    case discard_reason::bad_fragment: return "bad_fragment";
    case discard_reason::plain_refused: return "plain_refused";
    case discard_reason::count_: break;
  }
  return "?";
}

std::string_view to_string(send_cause c) {
  switch (c) {
    case send_cause::fresh: return "new";
    case send_cause::loss: return "lost";
    case send_cause::probe: return "timeout";
    case send_cause::asked: return "asked again";
    case send_cause::ride: return "redundancy";
    case send_cause::acknowledgement: return "ack";
    case send_cause::handshake: return "handshake";
  }
  return "?";
}

}  // namespace dgram
