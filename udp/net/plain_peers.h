// SPDX-License-Identifier: MIT
// Peers that speak no protocol of ours: who they are, and how much they may be sent. A plain datagram proves
// nothing about its sender, so that nobody is sent more than three times what it sent, headers counted,
// unless it is this machine. Knows no sockets, no clock.
//
// Bounded: beyond `most` peers the one that was silent longest is forgotten; a request whose reply has not
// come after 4096 further ones can no longer be answered.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <unordered_map>
#include <vector>

#include "udp/core/address.h"
#include "udp/core/event.h"
#include "udp/core/ids.h"
#include "udp/core/message.h"
#include "udp/core/statistics.h"
#include "udp/core/time.h"

namespace dgram {

class plain_peers {
 public:
  // `seed` keeps strangers from choosing addresses that collide in the table.
  plain_peers(std::size_t most, duration idle, std::uint64_t seed);

  // Peers of this table, told from those of a switchboard.
  static bool owns(peer_id p) { return (p.slot & plain_bit) != 0; }

  struct arrival {
    request_id id;
    bool opened = false;  // a peer not known before
  };
  // Make room first: while (auto p = take_evicted(from)) ...
  arrival arrived(const path& from, std::size_t bytes, time_point now);
  // The peer that must go before `from` can be taken in, removed from here.
  std::optional<peer_id> take_evicted(const path& from);
  std::optional<peer_id> take_idle(time_point now);
  std::optional<time_point> next_idle() const;

  struct permission {
    send_status status = send_status::no_peer;
    path to;
  };
  // `accepted` spends the request; after `too_large` a shorter reply may still be given.
  permission may_reply(const request_id&, std::size_t bytes);
  // A message that answers nothing: out of what the peer's own datagrams have not used up.
  permission may_send(peer_id, std::size_t bytes);

  bool close(peer_id);
  std::optional<path> path_of(peer_id) const;
  std::optional<statistics> of(peer_id) const;
  bool knows(const path& from) const { return found_.contains(from.remote); }
  std::size_t size() const { return found_.size(); }

 private:
  static constexpr std::uint32_t plain_bit = 0x8000'0000;
  static constexpr std::uint32_t none = ~std::uint32_t{0};
  static constexpr std::size_t open_requests = 4096;

  struct peer {
    path way;
    time_point heard{};
    std::uint64_t received = 0, sent = 0;  // datagrams
    std::uint64_t bytes_received = 0, bytes_sent = 0;
    std::uint64_t credit = 0;  // bytes on the wire
    std::uint32_t generation = 1;
    bool in_use = false;
    std::uint32_t older = none, newer = none;
  };
  struct request {
    message_id id;
    peer_id from;
    path way;
    std::size_t wire_size = 0;
  };
  struct address_hash {
    std::uint64_t seed;
    std::size_t operator()(const address&) const noexcept;
  };

  peer* find(peer_id);
  const peer* find(peer_id) const;
  std::uint32_t take_slot(const path&);
  void link_newest(std::uint32_t);
  void unlink(std::uint32_t);
  void remove(std::uint32_t);
  peer_id id_of(std::uint32_t) const;

  std::size_t most_;
  duration idle_;
  std::vector<peer> peers_;
  std::vector<std::uint32_t> free_;
  std::unordered_map<address, std::uint32_t, address_hash> found_;
  std::uint32_t oldest_ = none, newest_ = none;
  std::vector<request> requests_;  // by message id, modulo its size
  message_id last_{};
};

}  // namespace dgram
