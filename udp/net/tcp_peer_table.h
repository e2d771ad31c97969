// SPDX-License-Identifier: MIT
// The peers of a TCP endpoint by id and by address, and which of them has a deadline next. A peer stays where
// it is in memory until it is erased.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <vector>

#include "udp/core/deadline_heap.h"
#include "udp/net/tcp_peer.h"

namespace dgram {

class tcp_peer_table {
 public:
  tcp_peer& add(const address& remote, retry_delay);
  void erase(tcp_peer&);
  void clear();

  // nullptr when it was erased. A peer that the user closed is found until then.
  tcp_peer* find(peer_id) const;
  // The newest peer at that address that the user did not close.
  tcp_peer* find(const address& remote) const;

  template <class Visit>
  void for_each(Visit&& visit) const {
    // By index: a visitor may add peers.
    for (std::size_t i = 0; i < slots_.size(); ++i) {
      if (slots_[i].peer) visit(*slots_[i].peer);
    }
  }

  void set_deadline(tcp_peer&, std::optional<time_point>);
  std::optional<time_point> next_deadline() const;
  // The peer whose deadline has passed; it has none afterwards.
  tcp_peer* take_due(time_point now);

 private:
  struct slot {
    std::unique_ptr<tcp_peer> peer;
    std::uint32_t generation = 0;
  };

  auto places() {
    return [this](std::uint32_t i) -> std::uint32_t& { return slots_[i].peer->deadline_place; };
  }

  std::vector<slot> slots_;
  std::vector<std::uint32_t> free_;
  std::map<address, peer_id> by_address_;
  deadline_heap<std::uint32_t> deadlines_;
};

}  // namespace dgram
