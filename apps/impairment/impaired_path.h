// SPDX-License-Identifier: MIT
// Both directions of an impaired link in real time, whatever carries the packets to it: how late each one was
// forwarded, and who watches. Knows no sockets and no clock.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>

#include "apps/cli/latency_histogram.h"
#include "apps/impairment/impairment.h"
#include "udp/core/time.h"
#include "udp/sim/link.h"

namespace dgram::app {

class impaired_path {
 public:
  // A packet with that tag has been offered by `from`, and that is what becomes of it.
  using offer_watcher = std::function<void(side from, const sim::packet_fate&, std::span<const std::byte>,
                                           std::uint64_t tag, time_point)>;
  // A packet leaves towards the side opposite to `from`.
  using departure_watcher = std::function<void(side from, const sim::arrival&, time_point)>;

  // Returns the packet with a congestion mark; it may use memory of its own until the next call.
  using marker = std::function<std::span<const std::byte>(std::span<const std::byte>)>;

  // `overhead`: bytes of headers that packets on the link have and those that are pushed lack.
  impaired_path(const impairment&, time_point start, std::size_t overhead = 0);

  // `tag` comes out with the packet. Afterwards: next_event.
  void push(side from, std::span<const std::byte> packet, std::uint64_t tag, time_point now,
            bool ecn_capable = false);
  // Calls deliver(side from, const sim::arrival&) for every packet whose time has come.
  template <class Deliver>
  void deliver_due(time_point now, Deliver&& deliver);
  std::optional<time_point> next_event() const;

  // From the next packet on; what waits for the bottleneck leaves at the new rate. Afterwards: next_event.
  void change(const impairment&, time_point now);

  // For who pushes packets that are capable of congestion marks.
  void mark_with(marker m) { mark_ = std::move(m); }
  void watch_offers(offer_watcher w) { on_offer_ = std::move(w); }
  void watch_departures(departure_watcher w) { on_departure_ = std::move(w); }

  time_point start() const { return start_; }
  const sim::link& link(side from) const { return links_[static_cast<std::size_t>(from)]; }
  // How many of that side's packets the settings of their moments lose in the long run by chance.
  double asked_lost(side from) const { return asked_lost_[static_cast<std::size_t>(from)]; }
  // By how much later than due packets left, both directions.
  const latency_histogram& lateness() const { return lateness_; }

 private:
  sim::link_options on_the_link(sim::link_options) const;

  time_point start_;
  std::size_t overhead_;
  std::array<sim::link, 2> links_;
  std::array<double, 2> asked_loss_{};  // a packet
  std::array<double, 2> asked_lost_{};  // so far
  latency_histogram lateness_;
  marker mark_;
  offer_watcher on_offer_;
  departure_watcher on_departure_;
};

template <class Deliver>
void impaired_path::deliver_due(time_point now, Deliver&& deliver) {
  for (const side from : {side::client, side::server}) {
    sim::link& way = links_[static_cast<std::size_t>(from)];
    while (std::optional<sim::arrival> out = way.pop_ready(now)) {
      if (out->congestion_marked && mark_) out->bytes = mark_(out->bytes);
      lateness_.record(now - out->due);
      if (on_departure_) on_departure_(from, *out, now);
      deliver(from, *out);
    }
  }
}

}  // namespace dgram::app
