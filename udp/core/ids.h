// SPDX-License-Identifier: MIT
// Numbers that must not be confused with one another, and the one place where a number that was cut
// short on the wire becomes whole again.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>

namespace dgram {

template <class Tag, class Rep>
struct number {
  Rep value{};

  constexpr auto operator<=>(const number&) const = default;
  constexpr number& operator++() {
    ++value;
    return *this;
  }
};

// Counts the datagrams of one direction of a session. Never used twice, so a round-trip sample is never
// ambiguous (RFC 9002 section 3.1).
using packet_number = number<struct packet_number_tag, std::uint64_t>;
// Counts the messages of one direction of a session; a repeated message keeps its id.
using message_id = number<struct message_id_tag, std::uint64_t>;
// Position of an `ordered` message in its channel.
using order_number = number<struct order_number_tag, std::uint64_t>;
// `ordered` and `sequenced` messages of different channels do not wait for one another.
using channel_id = number<struct channel_id_tag, std::uint8_t>;
// Chosen at random by the initiator; sessions are found by it, never by address.
using session_id = number<struct session_id_tag, std::uint64_t>;
// Chosen by whoever sends a message, and handed back with its outcome.
using ticket = number<struct ticket_tag, std::uint64_t>;

// A message that this end sends, for as long as it has no outcome.
using message_slot = number<struct message_slot_tag, std::uint32_t>;

// One peer of a switchboard or endpoint. A value that was closed never becomes valid again.
struct peer_id {
  std::uint32_t slot = 0;
  std::uint32_t generation = 0;

  constexpr auto operator<=>(const peer_id&) const = default;
};

// The 64-bit number nearest to `expected` whose low `Bits` bits are `truncated` (RFC 9000 appendix A.3).
template <unsigned Bits>
constexpr std::uint64_t unwrap(std::uint64_t truncated, std::uint64_t expected) {
  static_assert(Bits > 1 && Bits < 63);
  constexpr std::uint64_t span = std::uint64_t{1} << Bits;
  constexpr std::uint64_t half = span / 2;
  const std::uint64_t candidate = (expected & ~(span - 1)) | (truncated & (span - 1));
  const bool behind = candidate < expected && expected - candidate >= half;
  const bool ahead = candidate > expected && candidate - expected > half;
  if (behind && candidate <= ~std::uint64_t{0} - span) return candidate + span;
  if (ahead && candidate >= span) return candidate - span;
  return candidate;
}

}  // namespace dgram

template <class Tag, class Rep>
struct std::hash<dgram::number<Tag, Rep>> {
  std::size_t operator()(dgram::number<Tag, Rep> n) const noexcept { return std::hash<Rep>{}(n.value); }
};
