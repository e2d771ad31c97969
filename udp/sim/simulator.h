// SPDX-License-Identifier: MIT
// Hosts joined by links in virtual time: the clock jumps from one event to the next, so an idle hour costs
// nothing, and a run is a function of its seed. Made for a few hosts: each step looks at every host and link.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <span>

#include "udp/core/ids.h"
#include "udp/sim/host.h"
#include "udp/sim/link.h"

namespace dgram::sim {

using host_id = number<struct host_id_tag, std::uint32_t>;

// Where virtual time begins. Not the clock's own zero, which a forgotten initialization would also give.
inline constexpr time_point epoch{std::chrono::hours(1)};

enum class run_result : std::uint8_t {
  reached,    // the moment that was asked for
  event_cap,  // too many events before it: something wakes itself for ever
  talks_on,   // a host had always one more datagram to send at the same moment
};
std::string_view to_string(run_result);

// One datagram as it is offered to a link, and again as it comes out.
struct wire_event {
  time_point when;
  host_id from;
  host_id to;
  std::uint64_t index;  // in its direction
  bool arrived;         // false: offered
  bool copy;            // arrived: of a duplicated one
  bool marked;          // arrived: with a congestion mark
  sim::fate fate;       // offered: what becomes of it
  std::span<const std::byte> bytes;
};

class simulator {
 public:
  // More than `event_cap` events in one run end it with an error.
  explicit simulator(std::uint64_t seed, std::uint64_t event_cap = 10'000'000);

  // Hosts are numbered from 0. References stay valid.
  host_id add_host(const switchboard_options&);
  host& at(host_id id) { return hosts_[id.value]; }
  std::uint32_t hosts() const { return static_cast<std::uint32_t>(hosts_.size()); }
  // Joins two hosts, with the same link in both directions but for its draws.
  void connect(host_id a, host_id b, const link_options&);
  // With a link of its own each way. Their schedules count from `epoch`.
  void connect(host_id a, host_id b, const link_options& there, const link_options& back);
  // The link from one host to another; they must have been connected.
  link& between(host_id from, host_id to);
  // From now on that direction is so; what waits for its bottleneck leaves at the new rate.
  void change(host_id from, host_id to, const link_options& options) {
    between(from, to).change(options, now_);
  }
  // Nothing that `from` sends to `to` in that time arrives. For a partition, cut both directions.
  void cut(host_id from, host_id to, time_point since, time_point until);

  time_point now() const { return now_; }
  // Everything up to and including that moment.
  [[nodiscard]] run_result run_until(time_point end);
  [[nodiscard]] run_result run_for(duration d) { return run_until(now_ + d); }

  // Hands bytes to a host as if they had come from `from`, past every link: forged and late datagrams.
  void inject(const address& from, host_id to, std::span<const std::byte> bytes);

  void watch(std::function<void(const wire_event&)> watcher) { watcher_ = std::move(watcher); }

  // Of every datagram sent and arrived and every event, with their times and in their order.
  std::uint64_t trace_hash() const;
  std::uint64_t datagrams_sent() const { return datagrams_sent_; }
  // Datagrams to an address where nobody is connected.
  std::uint64_t unroutable() const { return unroutable_; }
  // Whether the counts of every link close.
  bool counts_close() const;

 private:
  struct way {
    host_id from;
    host_id to;
    sim::link link;
  };

  std::optional<time_point> next_event() const;
  bool flush_all();
  void deliver_ready();
  void dispatch(host_id from, const address& to, std::span<const std::byte> bytes);
  void record(const wire_event&);

  std::uint64_t seed_;
  std::uint64_t event_cap_;
  time_point now_ = epoch;
  std::deque<host> hosts_;
  std::deque<way> ways_;
  std::function<void(const wire_event&)> watcher_;
  fingerprint wire_trace_;
  std::uint64_t datagrams_sent_ = 0;
  std::uint64_t unroutable_ = 0;
};

}  // namespace dgram::sim
