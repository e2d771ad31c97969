// SPDX-License-Identifier: MIT
// The packets under way on one direction, by the time they come out. Keeps their buffers for the next ones.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "udp/core/time.h"

namespace dgram::sim {

// When a packet leaves: after those before it, at its own time, later than that, behind those that passed it.
enum class placing : std::uint8_t { in_order, free, held_back, behind_others };

struct packet_label {
  std::uint64_t index = 0;  // in its direction, from 0
  bool copy = false;
  bool congestion_marked = false;
  sim::placing placing = sim::placing::in_order;
  std::uint64_t tag = 0;  // the caller's
};

class departure_queue {
 public:
  struct departure {
    packet_label label;
    time_point due;
    std::span<const std::byte> bytes;  // valid until the next put or pop
  };

  // Takes a copy, which the caller may still change until the next call. Packets due at the same moment leave
  // in the order of put.
  std::span<std::byte> put(const packet_label&, std::span<const std::byte>, time_point due);
  // Leaves right after the next `distance` (> 0) packets that are not held have, the slowest of them
  // included, but not before `due`, and at `latest` if they have not by then. While can_hold.
  std::span<std::byte> hold(const packet_label&, std::span<const std::byte>, time_point due,
                            time_point latest, std::uint32_t distance);
  // Says no while too many wait for others to pass. Whoever left at its latest time counts on until they
  // have, so that this depends on which packets came and not on when.
  bool can_hold() const { return held_.size() < most_held; }
  // A packet that was not held leaves then.
  void passed(time_point due);

  // Each packet is due when new_due(label, due) says, which is asked in the order of their coming;
  // behind_others, not before those that it was to follow.
  void reschedule(const std::function<time_point(const packet_label&, time_point due)>& new_due);

  std::optional<departure> pop(time_point now);
  std::optional<time_point> next() const;
  std::size_t size() const { return parcels_.size() - free_.size() - (popped_ ? 1 : 0); }

 private:
  static constexpr std::size_t most_held = 64;  // each is looked at for each packet that passes

  struct parcel {
    packet_label label;
    std::vector<std::byte> bytes;
  };
  struct entry {
    time_point due;
    std::uint64_t order;
    std::size_t slot;
    bool operator>(const entry&) const;
  };
  struct held {
    entry at_last;
    time_point due;  // or of the slowest that has passed
    std::uint32_t left;
    bool waits;  // for them; it has not come to its latest time
  };

  std::size_t take_slot(const packet_label&, std::span<const std::byte>);
  void release_last();
  void schedule(const entry&);
  void release_held(time_point now);
  void find_earliest_held();

  std::vector<parcel> parcels_;              // by slot
  std::vector<std::size_t> free_;            // slots
  std::vector<entry> entries_;               // heap, earliest first
  std::vector<held> held_;                   // in the order they came
  std::optional<time_point> earliest_held_;  // of the latest times of those that wait
  std::optional<std::size_t> popped_;        // slot whose bytes the caller may still look at
  std::uint64_t order_ = 0;
};

}  // namespace dgram::sim
