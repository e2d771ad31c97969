// SPDX-License-Identifier: MIT
// Messages that wait because their peer's queue is full: in order for each peer, every one with its deadline
// running. Bounded in number and bytes; beyond that a message is not taken. Knows no transport, no clock.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <unordered_map>
#include <vector>

#include "udp/core/ids.h"
#include "udp/core/message.h"
#include "udp/core/time.h"

namespace dgram {

struct parked_send {
  peer_id peer;
  dgram::ticket ticket;
  send_options options;
  time_point since{};
  std::vector<std::byte> bytes;
};

struct expired_send {
  dgram::ticket ticket;
  time_point since{};
};

class parked_sends {
 public:
  parked_sends(std::size_t most_messages, std::size_t most_bytes)
      : most_messages_(most_messages), most_bytes_(most_bytes) {}

  bool empty() const { return count_ == 0; }
  bool waits(peer_id) const;
  // False when there is no room.
  bool park(peer_id, std::span<const std::byte>, const send_options&, ticket, time_point now);
  // The oldest for that peer, until it is dropped.
  const parked_send* front(peer_id) const;
  void drop_front(peer_id);
  // False when that ticket does not wait here.
  bool drop(ticket);
  // The next whose deadline has passed, removed from here.
  std::optional<expired_send> take_expired(time_point now);
  void clear();
  std::optional<time_point> next_deadline() const;

 private:
  static constexpr std::uint32_t none = ~std::uint32_t{0};
  using deadlines = std::multimap<time_point, std::uint32_t>;

  struct entry {
    parked_send message;
    deadlines::iterator deadline;
    std::uint32_t before = none;
    std::uint32_t after = none;  // also the list of free entries
  };
  struct queue {
    std::uint32_t first = none;
    std::uint32_t last = none;
  };
  struct peer_hash {
    std::size_t operator()(peer_id p) const noexcept {
      return std::hash<std::uint64_t>{}(std::uint64_t{p.generation} << 32 | p.slot);
    }
  };

  void remove(std::uint32_t index);

  std::size_t most_messages_;
  std::size_t most_bytes_;
  std::size_t count_ = 0;
  std::size_t bytes_ = 0;
  std::vector<entry> entries_;
  std::uint32_t free_ = none;
  std::unordered_map<peer_id, queue, peer_hash> queues_;
  deadlines deadlines_;
};

}  // namespace dgram
