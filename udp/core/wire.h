// SPDX-License-Identifier: MIT
// The bytes of a datagram, both ways: docs/wire.md is the contract. Knows no state: what a value means is
// decided by whoever asked.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <variant>

#include "udp/core/bytes.h"
#include "udp/core/ids.h"
#include "udp/core/message.h"
#include "udp/core/statistics.h"

namespace dgram::wire {

inline constexpr std::size_t header_size = 16;
inline constexpr unsigned version = 1;
inline constexpr unsigned packet_number_bits = 24;
inline constexpr unsigned message_id_bits = 16;
inline constexpr unsigned order_number_bits = 16;
// Work per datagram stays bounded: an ack names at most this many ranges beyond its bitmap.
inline constexpr std::size_t max_ack_ranges = 32;
// Acks carry delays in these units, 524 ms at most (RFC 9000 section 18.2: ack_delay_exponent 3).
inline constexpr auto ack_delay_unit = std::chrono::microseconds(8);

enum class kind : std::uint8_t {
  from_initiator = 0,
  from_responder = 1,
  unknown_session = 2,
};

//   0 1 2 3 4 5 6 7
//  |1 0|ver|kin|F|A|  session id (8)  packet number (3)  CRC-32C (4)
struct header {
  wire::kind kind = kind::from_initiator;
  bool unheard = false;  // F: the initiator has heard nothing in this session yet
  bool ack_now = false;  // A: please acknowledge at once
  session_id session{};
  std::uint32_t packet = 0;  // low 24 bits

  bool operator==(const header&) const = default;
};

struct padding {
  std::size_t size = 0;
  bool operator==(const padding&) const = default;
};

struct ack {
  struct range {
    std::uint32_t gap = 0;     // numbers not received, going down
    std::uint32_t length = 0;  // then this many received, at least 1
    bool operator==(const range&) const = default;
  };
  std::uint32_t largest = 0;     // low 24 bits
  std::uint16_t delay = 0;       // in ack_delay_unit
  std::uint64_t bitmap = 0;      // bit i: largest - 1 - i was received
  std::uint8_t range_count = 0;  // further down, beginning at largest - 65
  std::array<range, max_ack_ranges> ranges{};

  bool operator==(const ack&) const = default;
};

// First frame of every datagram of an initiator that has heard nothing: how old its session is, and the
// incarnation of the responder that it knows from earlier ones (0 for none).
struct hello {
  std::uint32_t age_ms = 0;
  std::uint32_t epoch = 0;
  bool operator==(const hello&) const = default;
};

// The responder's incarnation, and a secret that proves the address when it comes back.
struct greeting {
  std::uint32_t epoch = 0;
  std::uint64_t token = 0;
  bool operator==(const greeting&) const = default;
};

struct token_echo {
  std::uint64_t token = 0;
  bool operator==(const token_echo&) const = default;
};

// The ordered message of this id and place was given up: do not wait for it.
struct skip {
  std::uint16_t id = 0;
  std::uint16_t order = 0;
  channel_id channel{};
  bool operator==(const skip&) const = default;
};

struct close {
  bool operator==(const close&) const = default;
};

// Asks for an acknowledgement and says nothing.
struct ping {
  bool operator==(const ping&) const = default;
};

// How many bytes of messages the sender of this has room for now, beyond what it has acknowledged.
struct credit {
  std::uint32_t bytes = 0;
  bool operator==(const credit&) const = default;
};

// Asks the receiver's address to prove that it is heard there, by the response with the same bytes (RFC 9000
// section 8.2).
struct path_challenge {
  std::uint64_t secret = 0;
  bool operator==(const path_challenge&) const = default;
};
struct path_response {
  std::uint64_t secret = 0;
  bool operator==(const path_response&) const = default;
};

// Of the datagrams that arrived, how many had the congestion mark (ECN CE), modulo 2^32.
struct congestion_marks {
  std::uint32_t count = 0;
  bool operator==(const congestion_marks&) const = default;
};

// The message `of`, which left in fragments, was given up: do not wait for the rest of it.
struct drop {
  std::uint16_t id = 0;                // of this notice itself: it is repeated like a message
  std::uint32_t of = 0;                // low 32 bits of the message's id
  std::optional<std::uint16_t> order;  // its place, when it was ordered
  channel_id channel{};
  bool operator==(const drop&) const = default;
};

// The request that a reply answers: the low bits of its id, 16 of them while it is one of the newest 8192.
struct request_name {
  std::uint32_t bits = 0;
  bool is_long = false;  // 32 bits
  bool operator==(const request_name&) const = default;
};

// Where the bytes of a fragment belong.
struct fragment {
  std::uint32_t of = 0;      // low 32 bits of the whole message's id
  std::uint32_t total = 0;   // size of the whole message; at least 1, at most max_message_size
  std::uint32_t offset = 0;  // offset + the fragment's size <= total
  bool operator==(const fragment&) const = default;
};

// A whole message, or a fragment of one: then `id` is the fragment's own, and all else is the whole's.
struct message {
  delivery_mode mode = delivery_mode::reliable;
  bool wants_reply = false;
  std::uint16_t id = 0;
  std::uint16_t order = 0;                  // ordered only
  std::optional<request_name> in_reply_to;  // such a message is reliable
  channel_id channel{};
  std::span<const std::byte> bytes;
  std::optional<wire::fragment> part = std::nullopt;
};
bool operator==(const message&, const message&);

using frame = std::variant<padding, ack, hello, greeting, token_echo, skip, close, ping, credit,
                           path_challenge, path_response, congestion_marks, drop, message>;

// The whole payload of a datagram that says "I do not know that session".
struct unknown_session {
  std::uint32_t epoch = 0;         // of the incarnation that says so
  std::uint32_t remembers_us = 0;  // nothing of this session was run within this time
  bool operator==(const unknown_session&) const = default;
};

bool has_our_mark(std::span<const std::byte> datagram);
// Where a header has it, whatever the rest says; nothing when the datagram is shorter than a header.
std::optional<session_id> session_id_in(std::span<const std::byte> datagram);

// Checks mark, version, kind and checksum.
struct parsed_header {
  std::optional<wire::header> header;
  discard_reason why{};  // when there is none
};
parsed_header parse_header(std::span<const std::byte> datagram);
std::optional<unknown_session> parse_unknown_session(std::span<const std::byte> payload);

// Takes the frames of a payload one by one.
class frame_reader {
 public:
  explicit frame_reader(std::span<const std::byte> payload) : in_(payload) {}

  // nullopt at the end, or when what follows is malformed (good() tells).
  std::optional<frame> next();
  bool good() const { return in_.good(); }

 private:
  byte_reader in_;
};

// What a datagram holds, found by reading it whole once before anything in it is acted upon.
struct summary {
  std::uint32_t messages = 0;  // replies not counted
  std::uint32_t requests = 0;
  std::uint32_t replies = 0;
  bool asks_ack = false;  // carries something that is to be acknowledged soon
  std::optional<std::uint64_t> path_response;
  std::optional<std::uint32_t> acknowledged;  // largest of the ack
  std::optional<std::uint32_t> epoch;         // of the greeting
  std::optional<std::uint64_t> token;         // that is echoed
};
// nullopt when something is malformed, where it must not be, or there twice.
std::optional<summary> summarize(const header&, std::span<const std::byte> payload);

// Writes one datagram: header, frames, then seal() for the checksum.
class datagram_writer {
 public:
  datagram_writer(std::span<std::byte> buffer, const header&);

  void write(const ack&);
  void write(const hello&);
  void write(const greeting&);
  void write(const token_echo&);
  void write(const skip&);
  void write(const close&);
  void write(const ping&);
  void write(const credit&);
  void write(const path_challenge&);
  void write(const path_response&);
  void write(const congestion_marks&);
  void write(const drop&);
  void write(const message&);
  void write(const unknown_session&);
  void pad_to(std::size_t size) { out_.pad_to(size); }

  // Bytes that a further frame may take.
  std::size_t left() const { return out_.left(); }
  std::size_t size() const { return out_.size(); }
  bool empty() const { return out_.size() == header_size; }
  // The finished datagram's size; 0 when something did not fit.
  std::size_t seal();

 private:
  byte_writer out_;
};

std::size_t size_of(const ack&);
std::size_t size_of(const message&);
// The most bytes of the message that fit into `room` as a fragment with these fields; 0 when none do.
std::size_t fragment_capacity(const message&, std::size_t room);
inline constexpr std::size_t skip_size = 6;
inline constexpr std::size_t drop_size = 10;   // at most
inline constexpr std::size_t credit_size = 6;  // at most
inline constexpr std::size_t marks_size = 6;   // at most
inline constexpr std::size_t challenge_size = 9;
inline constexpr std::size_t greeting_size = 13;
inline constexpr std::size_t token_size = 9;

}  // namespace dgram::wire
