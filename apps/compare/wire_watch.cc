// SPDX-License-Identifier: MIT
#include "apps/compare/wire_watch.h"

#include <algorithm>

namespace dgram::app::compare {
namespace {

wire_counts counts_of(const sim::link_counts& c, std::size_t largest) {
  wire_counts w;
  w.packets = c.offered;
  w.bytes = c.offered_bytes;
  w.lost = c.lost + c.outage + c.overflow + c.too_big;
  w.largest = largest;
  return w;
}

}  // namespace

wire_watch::wire_watch(impaired_path& path) : path_(path) {
  path.watch_offers([this](side from, const sim::packet_fate& fate, std::span<const std::byte> packet,
                           std::uint64_t, time_point now) {
    std::size_t& largest = largest_[static_cast<std::size_t>(from)];
    largest = std::max(largest, packet.size());
    if (fate.fate != sim::fate::carried) losses_.emplace_back(now, from);
  });
}

void wire_watch::fill_in(run& r, time_point start) const {
  r.up = counts_of(path_.link(side::client).counts(), largest_[0]);
  r.down = counts_of(path_.link(side::server).counts(), largest_[1]);
  for (const auto& [when, from] : losses_) {
    r.losses.push_back({std::max(duration{0}, when - start), from == side::client});
  }
  r.lateness_p99 = path_.lateness().quantile(0.99);
}

}  // namespace dgram::app::compare
