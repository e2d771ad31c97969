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

// Overlapping ones are one.
std::vector<stall> joined(std::vector<standstill> all, time_point start) {
  std::sort(all.begin(), all.end());
  std::vector<stall> out;
  for (const auto& [due, woke] : all) {
    const duration from = std::max(duration{0}, due - start), until = woke - start;
    if (until <= duration{0}) continue;
    if (!out.empty() && from <= out.back().until) {
      out.back().until = std::max(out.back().until, until);
    } else {
      out.push_back({from, until});
    }
  }
  return out;
}

}  // namespace

wire_watch::wire_watch(impaired_path& path) : path_(path) {
  path.watch_offers([this](side from, const sim::packet_fate& fate, std::span<const std::byte> packet,
                           std::uint64_t, time_point now) {
    std::size_t& largest = largest_[static_cast<std::size_t>(from)];
    largest = std::max(largest, packet.size());
    if (fate.fate != sim::fate::carried) losses_.emplace_back(now, from);
  });
  path.watch_departures([this](side, const sim::arrival& packet, time_point now) {
    if (now - packet.due <= noticed_standstill) return;
    // One for all that were late together.
    if (!late_.empty() && packet.due <= late_.back().second) {
      late_.back().second = now;
    } else if (late_.size() < most_standstills) {
      late_.emplace_back(packet.due, now);
    }
  });
}

void wire_watch::fill_in(run& r, time_point start, const std::vector<standstill>& others) const {
  r.up = counts_of(path_.link(side::client).counts(), largest_[0]);
  r.down = counts_of(path_.link(side::server).counts(), largest_[1]);
  for (const auto& [when, from] : losses_) {
    r.losses.push_back({std::max(duration{0}, when - start), from == side::client});
  }
  const sim::link_counts& up = path_.link(side::client).counts();
  const std::uint64_t queued = up.delivered + up.in_flight + up.copies_delivered + up.copies_in_flight;
  if (queued > 0) r.up_queue = up.queueing_total / static_cast<duration::rep>(queued);
  std::vector<standstill> all = late_;
  all.insert(all.end(), others.begin(), others.end());
  r.stalls = joined(std::move(all), start);
  r.lateness_p99 = path_.lateness().quantile(0.99);
}

}  // namespace dgram::app::compare
