// SPDX-License-Identifier: MIT
// What a user says about a message, and what a user hears of it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "udp/core/ids.h"
#include "udp/core/time.h"

namespace dgram {

// The UDP payload that every path is expected to carry: 1200 bytes pass wherever IPv6 does (RFC 9000
// section 14.1). A session begins with it and measures whether the path carries more, or less.
inline constexpr std::size_t max_datagram_size = 1200;
// The largest UDP payload that is ever sent or taken: what Ethernet carries under IPv4.
inline constexpr std::size_t largest_datagram = 1472;
// Messages up to this size leave whole in one datagram of the expected size, beside header and greeting. An
// acknowledgement that would take its room leaves in a datagram of its own. Larger ones leave in fragments.
inline constexpr std::size_t max_whole_message = 1150;
inline constexpr std::size_t max_message_size = 16 * 1024 * 1024;
// The same for messages that are sent once (unreliable, sequenced): the loss of any fragment loses them.
inline constexpr std::size_t max_unreliable_message = 16 * 1024;

enum class delivery_mode : std::uint8_t {
  unreliable,  // sent once
  sequenced,   // sent once; one that is older than the newest of its channel is dropped on arrival
  reliable,    // resent until acknowledged; delivered as soon as it arrives
  ordered,     // resent until acknowledged; delivered in the order of its channel
};

// What became of a message. Every accepted message ends in exactly one of these.
enum class outcome : std::uint8_t {
  delivered,   // the peer's endpoint acknowledged it
  answered,    // the peer replied (messages that want a reply)
  unanswered,  // acknowledged, but no reply came by the deadline
  expired,     // no acknowledgement by the deadline, or after `max_tries`; it may or may not have arrived
  lost,        // sent once, and its datagram was declared lost (unreliable, sequenced)
  refused,     // the peer said no, or closed before it was sent
  unknown,     // the peer forgot the session (restart) after it was sent: it may or may not have been run
};
std::string_view to_string(outcome);
std::string_view to_string(delivery_mode);

// How many times a small message may ride along in later datagrams, before anybody knows whether it arrived.
// automatic: as many as the measured loss asks for, none on a clean path.
struct redundancy {
  static constexpr std::uint8_t automatic_value = 0xff;
  static constexpr std::uint8_t most = 16;
  std::uint8_t copies = automatic_value;  // 0: off

  static constexpr redundancy automatic() { return {}; }
  static constexpr redundancy off() { return {0}; }
  constexpr bool is_automatic() const { return copies == automatic_value; }
  bool operator==(const redundancy&) const = default;
};

struct send_options {
  delivery_mode mode = delivery_mode::reliable;
  channel_id channel{};
  bool wants_reply = false;
  // Counted from the send; > 0. When it passes, the message gets its outcome whatever state it is in.
  duration deadline = std::chrono::seconds(10);
  // Most transmissions of this message; 0 means as many as the deadline allows.
  std::uint16_t max_tries = 0;
  // Among messages that wait to be sent, those of the higher priority leave first; equal ones take turns by
  // channel. It is the channel's: the last message's value counts for all that wait there.
  std::uint8_t priority = 0;
  // Nothing: as the session says.
  std::optional<dgram::redundancy> redundancy = std::nullopt;
};

// Whether `send` took the message. A message that was not taken has no outcome.
enum class send_status : std::uint8_t {
  accepted,
  too_large,    // longer than the transport's largest message
  would_block,  // the peer's queue is full; try again after the next outcome
  no_peer,      // that peer is closed or unknown
};
std::string_view to_string(send_status);

// What is known about a message when its outcome is.
struct delivery_report {
  dgram::outcome outcome = outcome::expired;
  std::uint16_t tries = 0;  // transmissions, the first included
  duration round_trip{0};   // from its first transmission to the outcome
  duration since_sent{0};   // from `send` to the outcome, waiting included
};

}  // namespace dgram
