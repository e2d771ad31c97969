// SPDX-License-Identifier: MIT
// One direction of an impaired link: datagrams in, the same datagrams out later, twice, damaged or never.
// Pure and seeded; knows no sockets, no clock and nothing of what the datagrams say, so the simulator and
// real relays use the same class. docs/links.md states the model.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "udp/core/time.h"
#include "udp/sim/bottleneck.h"
#include "udp/sim/departure_queue.h"
#include "udp/sim/link_options.h"
#include "udp/sim/loss_process.h"
#include "udp/sim/outage_schedule.h"
#include "udp/sim/packet_draws.h"
#include "udp/sim/packet_fate.h"

namespace dgram::sim {

// Of originals: offered = delivered + lost + outage + overflow + too_big + in_flight.
// Of copies:    copies = copies_delivered + copies_overflow + copies_in_flight.
struct link_counts {
  std::uint64_t offered = 0;
  std::uint64_t delivered = 0;
  std::uint64_t lost = 0;      // by the draw, or by a list
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
  std::uint64_t congestion_marked = 0;

  // loss_runs[n - 1]: times that n packets in a row were `lost`; the last also counts longer ones.
  std::array<std::uint64_t, 16> loss_runs{};
  // From the push until a packet has left the bottleneck, its own sending and copies included; at the rate of
  // its coming, until a change of the rate makes it longer or shorter.
  duration queueing_total{0};
  duration queueing_longest{0};
  // Met a fate from the recording's beginning again.
  std::uint64_t past_recording = 0;

  bool closes() const;
};

struct arrival {
  std::uint64_t index;  // counted from 0 in the order of push
  bool copy;
  time_point due;                    // when it should have left
  std::uint64_t tag;                 // what push was given
  bool congestion_marked;            // here, because it waited longer than options.ecn_threshold
  std::span<const std::byte> bytes;  // valid until the next push or pop_ready
};

// The share of packets that the random loss alone takes in the long run; an index list and outages not
// counted.
double asked_loss(const link_options&);

class link {
 public:
  // Schedules (fades, delivery traces) count from `start`.
  link(const link_options&, std::uint64_t seed, std::uint32_t direction, time_point start = {});

  // Takes a copy of the datagram. Its fate depends on (seed, direction, index) and on the options of the
  // moment. `now` never goes back. Afterwards: next_event.
  fate push(std::span<const std::byte> datagram, time_point now, std::uint64_t tag = 0,
            bool ecn_capable = false);
  // What the last push decided.
  const packet_fate& last() const { return last_; }
  // The next datagram whose time has come, until nullopt. Afterwards: next_event.
  std::optional<arrival> pop_ready(time_point now);
  // When pop_ready has something; nullopt while nothing is under way.
  std::optional<time_point> next_event() const { return departures_.next(); }

  // Loses the datagram with that index, whatever its draw says; at most a few at a time.
  void lose(std::uint64_t index) { doomed_.push_back(index); }
  // From the next datagram on; what is under way or waits for the bottleneck leaves when it would have.
  void change(const link_options& options) { options_ = options; }
  // The same, but what waits for the bottleneck leaves at the new rate, when it goes from one to another.
  // Afterwards: next_event.
  void change(const link_options& options, time_point now);

  const link_options& options() const { return options_; }
  const link_counts& counts() const { return counts_; }

 private:
  struct plan {
    time_point due;
    time_point latest;           // of one that waits for others to pass
    std::uint32_t distance = 0;  // so many
    bool in_order = true;
    bool congestion_marked = false;
  };

  fate decide(std::span<const std::byte>, const packet_draws&, time_point now);
  fate replay(std::span<const std::byte>, const packet_fate& recorded, time_point now, std::uint64_t tag);
  bool doomed(std::uint64_t index);
  void count(fate);
  void count_run(bool lost);

  bool carry(std::span<const std::byte>, std::uint64_t tag, const packet_draws&, passage, time_point now);
  std::optional<plan> make_plan(std::size_t size, const packet_draws&, passage, time_point now);
  void place(std::span<const std::byte>, std::uint64_t tag, passage, plan, time_point now);
  void draw_flips(std::size_t size, const packet_draws&, passage);

  link_options options_;
  bool ecn_capable_ = false;  // the datagram in hand
  std::uint64_t seed_;
  std::uint32_t direction_;
  link_counts counts_;
  packet_fate last_;
  std::vector<std::uint64_t> doomed_;
  std::uint64_t run_ = 0;  // packets lost in a row so far

  loss_process loss_;
  outage_schedule outages_;
  bottleneck bottleneck_;
  departure_queue departures_;
  time_point latest_{};  // due of the last datagram that kept its place
};

}  // namespace dgram::sim
