// SPDX-License-Identifier: MIT
// Which messages are here in part? Finds them by id, charges for them, and gives up those that do not grow.
// Knows no budget: its owner asks what is charged.
#pragma once

#include <algorithm>
#include <cstddef>
#include <optional>
#include <vector>

#include "udp/core/assembly.h"
#include "udp/core/ids.h"
#include "udp/core/time.h"
#include "udp/core/wire.h"

namespace dgram {

class assembly_table {
 public:
  // At once at most.
  static constexpr std::size_t limit = 64;
  // Given up here, while their sender may go on with them. Beyond it those that are sent once are forgotten
  // first; a reliable one is never forgotten but stays an assembly, since once forgotten its next fragment
  // would be taken for one of a delivered message.
  static constexpr std::size_t max_tombstones = 64;

  bool empty() const { return assemblies_.empty() && tombstones_.empty(); }
  assembly* find(message_id);
  bool given_up(message_id) const;
  bool knows(message_id id) { return !empty() && (find(id) != nullptr || given_up(id)); }

  // Makes room for one more, if need be by giving up the stalest one that is sent once. False when all are
  // reliable.
  bool make_room();
  // Only after make_room, for an id that it does not know. `beyond_budget`: there is one of these at most.
  assembly& begin(const message_outline&, bool beyond_budget, time_point now);
  std::optional<discard_reason> take(assembly&, const wire::message& fragment, time_point now);
  // Done with it, delivered or dropped: what comes of it later is told by the window of messages.
  void forget(message_id);

  // Gives up what waited too long. Looks at nothing before the first can be due.
  void age(time_point now) {
    if (now >= next_age_) give_up_stale(now);
  }

  // Bytes charged, from the first fragment of each message on: all of it, as its sender counts it. The
  // account of the pieces comes on top, an eighth and `limit` times 1.5 KiB at most (assembly.h).
  std::size_t charged() const { return charged_; }
  // Those in `charged` that their sender counts against the credit: not replies, nor what is sent once.
  std::size_t counted() const { return counted_; }
  // Bytes in `charged` that are still to come.
  std::size_t missing() const { return missing_; }
  std::size_t size() const { return assemblies_.size(); }
  bool has_one_beyond_budget() const { return beyond_budget_.has_value(); }

 private:
  struct tombstone {
    message_id id;
    bool reliable;
  };
  void give_up_stale(time_point now);
  bool bury(std::size_t index);
  void remove(std::size_t index);

  std::vector<assembly> assemblies_;
  std::vector<tombstone> tombstones_;  // oldest first
  std::optional<message_id> beyond_budget_;
  std::size_t charged_ = 0, counted_ = 0, missing_ = 0;
  time_point next_age_ = time_point::max();
};

}  // namespace dgram
