// SPDX-License-Identifier: MIT
// Who are the peers? Slots that are found by session id or, for those that were opened here, by address; and
// which responder was silent longest. Knows no datagrams.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <unordered_map>
#include <vector>

#include "udp/core/address.h"
#include "udp/core/deadline_heap.h"
#include "udp/core/ids.h"
#include "udp/core/path_record.h"
#include "udp/core/recency_list.h"
#include "udp/core/session.h"
#include "udp/core/session_hash.h"
#include "udp/core/statistics.h"

namespace dgram {

// An address that a peer seems to have moved to, and what it must say to prove it.
struct path_challenged {
  path way;
  std::uint64_t secret = 0;
  time_point asked{};
};

struct peer_slot {
  std::uint32_t generation = 1;
  bool used = false;
  bool ready = false;  // may have something to send
  path way;
  session::role role = session::role::initiator;
  std::optional<session> conversation;  // an initiator's peer may be without one
  std::optional<path_record> earlier_path;
  std::optional<path_challenged> challenged;
  bool told_closed = false;  // that its messages are not accepted
  std::uint32_t earlier_epoch = 0;
  statistics earlier;              // of this peer's sessions that ended
  std::size_t unproven_bytes = 0;  // held for an address that has not proved itself
  std::uint32_t heap_position = not_in_heap;

  statistics stats() const;
};

class peer_table {
 public:
  // `hash_key`: see session_hash.
  explicit peer_table(std::uint64_t hash_key) : by_session_(16, session_hash{hash_key}) {}

  std::uint32_t add(session::role, const path&);
  // Its conversation must be over.
  void remove(std::uint32_t);

  peer_slot& operator[](std::uint32_t n) { return *slots_[n]; }
  peer_id id_of(std::uint32_t n) const { return {n, slots_[n]->generation}; }
  std::uint32_t size() const { return static_cast<std::uint32_t>(slots_.size()); }
  peer_slot* find(peer_id) const;
  std::optional<std::uint32_t> at(const address&) const;
  std::optional<std::uint32_t> of(session_id) const;
  std::size_t sessions() const { return by_session_.size(); }

  session& begin(std::uint32_t, const session::identity&, const session_options&, time_point now);
  // Forgets the conversation; keeps what later ones may use.
  void end(std::uint32_t);

  // A responder was heard.
  void heard(std::uint32_t);
  // Its unproven address is owed so many more bytes.
  void charge(std::uint32_t, std::size_t bytes);
  std::size_t unproven_bytes() const { return unproven_bytes_; }
  // The responder that is first to make room: unvalidated ones before validated ones.
  std::optional<std::uint32_t> most_silent() const;

 private:
  std::vector<std::unique_ptr<peer_slot>> slots_;
  std::vector<std::uint32_t> free_;
  std::unordered_map<session_id, std::uint32_t, session_hash> by_session_;
  std::map<address, std::uint32_t> initiated_;
  void discharge(std::uint32_t);

  recency_list unvalidated_, validated_;
  std::size_t unproven_bytes_ = 0;
};

}  // namespace dgram
