// SPDX-License-Identifier: MIT
// One message that comes in fragments. Grows with what arrived, never with what is claimed; knows neither
// budget nor order, nor whether it was seen before.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "udp/core/byte_ranges.h"
#include "udp/core/ids.h"
#include "udp/core/message.h"
#include "udp/core/statistics.h"
#include "udp/core/time.h"
#include "udp/core/wire.h"

namespace dgram {

// What all fragments of a message say alike.
struct message_outline {
  message_id id{};
  order_number order{};  // ordered only
  std::uint32_t total = 0;
  delivery_mode mode{};
  channel_id channel{};
  bool wants_reply = false;
  std::optional<wire::request_name> in_reply_to;
};

class assembly {
 public:
  // Pieces that do not touch at most. Fewer for small messages, so that the account of the pieces never costs
  // more than an eighth of the message and `bookkeeping`; pieces of 64 bytes always fit there.
  static constexpr std::size_t max_ranges = 4096;
  static constexpr std::size_t bookkeeping = 1024;
  // A fragment ends at most so far beyond what arrived.
  static constexpr std::uint64_t reach = 64 * 1024, reach_factor = 4;
  // Without a new byte for so long it is given up. What is sent once is not repeated either.
  static constexpr duration patience = std::chrono::seconds(30);
  static constexpr duration patience_unreliable = std::chrono::seconds(2);

  assembly(const message_outline& outline, time_point now) : outline_(outline), last_byte_(now) {}

  // The most that it takes: the memory of the finished message, and its pieces.
  static std::size_t cost(std::uint32_t total);
  // Whether a first fragment may lie where it says.
  static bool in_reach(const wire::message& fragment, std::uint64_t received);

  // Whether it is a fragment of this message, or a whole copy of it.
  bool agrees(const wire::message&) const;
  // Takes a fragment that agrees. `repeated_message` when nothing in it is new.
  std::optional<discard_reason> take(const wire::message& fragment, time_point now);

  bool complete() const { return ranges_.covered() == outline_.total; }
  std::vector<std::byte> take_bytes() { return std::move(bytes_); }

  const message_outline& outline() const { return outline_; }
  message_id id() const { return outline_.id; }
  bool reliable() const;
  // Whether its sender counts it against the credit.
  bool counted() const { return reliable() && !outline_.in_reply_to; }
  std::uint32_t received() const { return ranges_.covered(); }
  time_point gives_up() const { return last_byte_ + (reliable() ? patience : patience_unreliable); }
  time_point last_byte() const { return last_byte_; }
  // Bytes that it really takes; never more than its cost.
  std::size_t memory() const { return sizeof *this + bytes_.capacity() + ranges_.memory(); }

 private:
  void store(std::size_t offset, std::span<const std::byte>);

  message_outline outline_;
  time_point last_byte_;
  byte_ranges ranges_;
  std::vector<std::byte> bytes_;  // as far as anything arrived
};

}  // namespace dgram
