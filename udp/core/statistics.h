// SPDX-License-Identifier: MIT
// Plain counters. They only grow, but for the gauges at the end of each block.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "udp/core/message.h"
#include "udp/core/time.h"

namespace dgram {

// Why something a peer sent was thrown away.
enum class discard_reason : std::uint8_t {
  truncated,         // shorter than a header, or cut by the receive buffer
  foreign,           // does not begin like one of ours (and plain service is off)
  wrong_version,     // a version this endpoint does not speak
  bad_checksum,      // damaged on the way, or not ours after all
  malformed,         // a frame that does not parse, or a value out of its range
  wrong_direction,   // our own kind of datagram come back, or for a role we do not have
  unknown_session,   // a session this endpoint does not know (it says so to the sender)
  wrong_epoch,       // from another incarnation of the peer than the one the session is with
  wrong_address,     // a known session from an address that is not its own
  duplicate,         // a packet number that was seen before
  too_old,           // a packet number below the window
  bad_ack,           // acknowledges what was never sent
  not_accepting,     // the user is not taking messages; the sender will repeat it
  reorder_full,      // too much waits for a missing ordered message; the sender will repeat it
  session_limit,     // no room for another session
  no_new_sessions,   // would begin a session while none are taken (accept_sessions)
  repeated_message,  // a message that was already delivered
  stale_sequenced,   // a sequenced message older than the newest
  late_reply,        // a reply to nothing that still waits
  buffer_full,       // no room for the rest of the message it begins; the sender will repeat it
  bad_fragment,      // disagrees with the other fragments of its message, or is far ahead of them
  plain_refused,     // plain text where plain service is off, or whose reply would be too large
  count_
};
inline constexpr std::size_t discard_reasons = static_cast<std::size_t>(discard_reason::count_);
std::string_view to_string(discard_reason);

struct discard_counters {
  std::array<std::uint64_t, discard_reasons> by_reason{};

  void count(discard_reason r) { ++by_reason[static_cast<std::size_t>(r)]; }
  std::uint64_t operator[](discard_reason r) const { return by_reason[static_cast<std::size_t>(r)]; }
  std::uint64_t total() const;
  discard_counters& operator+=(const discard_counters&);
};

// Of one session, one connection, or a sum of many.
struct statistics {
  std::uint64_t messages_sent = 0;  // accepted by send or reply
  std::uint64_t messages_received = 0;
  std::uint64_t delivered = 0, answered = 0, unanswered = 0, expired = 0, lost = 0, refused = 0, unknown = 0;

  std::uint64_t datagrams_sent = 0;  // TCP: writes
  std::uint64_t datagrams_received = 0;
  std::uint64_t bytes_sent = 0;  // UDP or TCP payload, headers of IP and below not counted
  std::uint64_t bytes_received = 0;

  std::uint64_t messages_retransmitted = 0;  // copies of a message beyond its first
  std::uint64_t packets_lost = 0;            // declared lost
  std::uint64_t spurious_losses = 0;         // declared lost, then acknowledged
  std::uint64_t probe_timeouts = 0;
  std::uint64_t duplicates_received = 0;  // packets and messages seen before
  std::uint64_t replies_repeated = 0;     // cached replies sent again because the request came again

  // Why a copy of a message beyond its first left: these four add up to messages_retransmitted.
  std::uint64_t resent_lost = 0;         // its packet was declared lost
  std::uint64_t resent_probe = 0;        // nothing was heard for a probe timeout
  std::uint64_t resent_ride = 0;         // redundancy: rode along, or went ahead of the timeout
  std::uint64_t resent_request = 0;      // the peer asked again
  std::uint64_t redundancy_bytes = 0;    // in resent_ride
  std::uint64_t losses_repaired = 0;     // sent: packets lost whose every message had arrived by a ride-along
  std::uint64_t deepest_reordering = 0;  // packets by which one was overtaken, at most
  std::uint64_t congestion_marks = 0;    // of our datagrams, reported by the peer
  std::uint64_t fragments_sent = 0, fragments_received = 0;
  std::uint64_t path_changes = 0;  // the peer's address changed, and was proved
  std::uint64_t black_holes = 0;   // the path began to swallow large datagrams

  std::uint64_t sessions_opened = 0;
  std::uint64_t sessions_ended = 0;
  discard_counters discarded;

  // Gauges.
  std::uint64_t sessions = 0;
  duration smoothed_round_trip{0};  // of the session asked for, or the last one that had a sample
  duration least_round_trip{0};
  duration probe_timeout{0};
  std::uint64_t congestion_window =
      0;  // bytes; this and what follows of the session asked for, or the last one
  std::uint64_t bytes_in_flight = 0;
  std::uint64_t pacing_rate = 0;        // bytes per second; 0: not paced yet
  std::uint64_t datagram_size = 0;      // that the path is known to carry
  std::uint64_t peer_credit = 0;        // bytes the peer has room for
  double loss_rate = 0;                 // measured over the last few hundred packets; 0 before the first loss
  std::uint32_t redundancy_copies = 0;  // that messages ride along now
  // Bytes of messages, of the session asked for or the last one: not acknowledged yet, at most send_buffer
  // and what outbox.h lets replies have beyond it; and not handed over yet, at most receive_buffer and what
  // inbox.h lets in beyond it.
  std::uint64_t held_to_send = 0, held_to_deliver = 0;

  // What waits in the path's queues: the smoothed round trip beyond the least.
  duration queueing_delay() const {
    return smoothed_round_trip - std::min(smoothed_round_trip, least_round_trip);
  }
  // Datagrams and bytes on the way for each message sent; 0 before any.
  double datagrams_per_message() const;
  double bytes_per_message() const;

  void count(outcome);
  statistics& operator+=(const statistics&);
};

}  // namespace dgram
