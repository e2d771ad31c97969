// SPDX-License-Identifier: MIT
// Could this have been run here before? Remembers the ids of ended sessions, so that a late datagram cannot
// begin one anew, and how far back the memory reaches when older ones had to be dropped. Knows ids and times.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <unordered_map>

#include "udp/core/ids.h"
#include "udp/core/ring_queue.h"
#include "udp/core/session_hash.h"
#include "udp/core/time.h"

namespace dgram {

class retired_sessions {
 public:
  // At `limit` the one that ended first is forgotten. `hash_key`: see session_hash.
  retired_sessions(std::size_t limit, time_point start, std::uint64_t hash_key)
      : limit_(limit), memory_begins_(start), last_heard_(16, session_hash{hash_key}) {}

  void retire(session_id, time_point last_heard);
  // When a session that ended was last heard.
  std::optional<time_point> last_heard(session_id) const;
  // Every session of this incarnation that was heard after this moment is still known, here or alive.
  time_point memory_begins() const { return memory_begins_; }
  // Whether any was forgotten since the start.
  bool forgot() const { return forgot_; }

 private:
  std::size_t limit_;
  time_point memory_begins_;
  bool forgot_ = false;
  ring_queue<session_id> order_;
  std::unordered_map<session_id, time_point, session_hash> last_heard_;
};

}  // namespace dgram
