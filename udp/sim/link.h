// SPDX-License-Identifier: MIT
// One direction of an impaired link: datagrams in, the same datagrams out later, twice, damaged or never.
// Pure and seeded; knows no sockets, no clock and nothing of what the datagrams say, so the simulator and
// real relays use the same class.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "udp/core/time.h"
#include "udp/sim/link_options.h"
#include "udp/sim/packet_draws.h"
#include "udp/sim/packet_fate.h"

namespace dgram::sim {

// Of originals: offered = delivered + lost + outage + overflow + too_big + in_flight.
// Of copies:    copies = copies_delivered + copies_overflow + copies_in_flight.
struct link_counts {
  std::uint64_t offered = 0;
  std::uint64_t delivered = 0;
  std::uint64_t lost = 0;      // by the draw, or by lose()
  std::uint64_t outage = 0;    // offered while the link was out
  std::uint64_t overflow = 0;  // found the queue full
  std::uint64_t too_big = 0;   // larger than the MTU
  std::uint64_t in_flight = 0;

  std::uint64_t copies = 0;
  std::uint64_t copies_delivered = 0;
  std::uint64_t copies_overflow = 0;
  std::uint64_t copies_in_flight = 0;

  std::uint64_t offered_bytes = 0;    // of originals
  std::uint64_t delivered_bytes = 0;  // of originals

  // Copies included; a datagram can be both.
  std::uint64_t held_back = 0;
  std::uint64_t corrupted = 0;

  bool closes() const;
};

struct arrival {
  std::uint64_t index;  // counted from 0 in the order of push
  bool copy;
  time_point due;                    // when it should have left
  std::uint64_t tag;                 // what push was given
  std::span<const std::byte> bytes;  // valid until the next push or pop_ready
};

class link {
 public:
  // Schedules (fades, delivery traces) count from `start`.
  link(const link_options&, std::uint64_t seed, std::uint32_t direction, time_point start = {});

  // Takes a copy of the datagram. Its fate depends on (seed, direction, index) and on the options of the
  // moment. Afterwards: next_event.
  fate push(std::span<const std::byte> datagram, time_point now, std::uint64_t tag = 0);
  // What the last push decided.
  const packet_fate& last() const { return last_; }
  // The next datagram whose time has come, until nullopt. Afterwards: next_event.
  std::optional<arrival> pop_ready(time_point now);
  // When pop_ready has something; nullopt while nothing is under way.
  std::optional<time_point> next_event() const;

  // Loses the datagram with that index, whatever its draw says; at most a few at a time.
  void lose(std::uint64_t index) { doomed_.push_back(index); }
  // From the next datagram on; what is under way stays as it was.
  void change(const link_options& options) { options_ = options; }

  const link_options& options() const { return options_; }
  const link_counts& counts() const { return counts_; }

 private:
  struct parcel {
    std::uint64_t index;
    bool copy;
    std::uint64_t tag;
    std::vector<std::byte> bytes;
  };
  struct departure {
    time_point due;
    std::uint64_t order;  // datagrams due at the same moment leave in the order they came
    std::size_t slot;
    bool operator>(const departure&) const;
  };

  bool in_outage(time_point now) const;
  bool doomed(std::uint64_t index);
  bool carry(std::span<const std::byte>, std::uint64_t index, std::uint64_t tag, const packet_draws&, passage,
             time_point now);
  time_point due(const packet_draws&, passage, time_point now);
  void damage(std::vector<std::byte>&, const packet_draws&, passage) const;
  std::size_t take_slot();
  void release_last();

  link_options options_;
  std::uint64_t seed_;
  std::uint32_t direction_;
  link_counts counts_;
  packet_fate last_;
  std::vector<std::uint64_t> doomed_;

  std::vector<parcel> parcels_;        // by slot; buffers are kept for the next datagram
  std::vector<std::size_t> free_;      // slots
  std::vector<departure> departures_;  // heap, earliest first
  std::optional<std::size_t> popped_;  // slot whose bytes the caller may still look at
  std::uint64_t order_ = 0;
  time_point latest_{};  // due of the last datagram that was not held back
};

}  // namespace dgram::sim
