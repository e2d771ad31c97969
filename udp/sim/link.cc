// SPDX-License-Identifier: MIT
#include "udp/sim/link.h"

#include <algorithm>
#include <functional>

namespace dgram::sim {

std::string_view to_string(fate f) {
  switch (f) {
    case fate::carried: return "carried";
    case fate::lost: return "lost";
    case fate::outage: return "outage";
    case fate::overflow: return "overflow";
    case fate::too_big: return "too_big";
  }
  return "?";
}

bool link_counts::closes() const {
  return offered == delivered + lost + outage + overflow + too_big + in_flight &&
         copies == copies_delivered + copies_overflow + copies_in_flight;
}

bool link::departure::operator>(const departure& other) const {
  return due != other.due ? due > other.due : order > other.order;
}

link::link(const link_options& options, std::uint64_t seed, std::uint32_t direction, time_point)
    : options_(options), seed_(seed), direction_(direction) {}

fate link::push(std::span<const std::byte> datagram, time_point now, std::uint64_t tag) {
  const std::uint64_t index = counts_.offered++;
  counts_.offered_bytes += datagram.size();
  const packet_draws draws(seed_, direction_, index);
  if (doomed(index) || draws.chance(options_.loss, draw::loss)) {
    ++counts_.lost;
    return fate::lost;
  }
  if (in_outage(now)) {
    ++counts_.outage;
    return fate::outage;
  }
  const bool carried = carry(datagram, index, tag, draws, passage::original, now);
  ++(carried ? counts_.in_flight : counts_.overflow);
  if (draws.chance(options_.duplicate, draw::duplicate)) {
    ++counts_.copies;
    const bool copied = carry(datagram, index, tag, draws, passage::copy, now);
    ++(copied ? counts_.copies_in_flight : counts_.copies_overflow);
  }
  return carried ? fate::carried : fate::overflow;
}

std::optional<arrival> link::pop_ready(time_point now) {
  release_last();
  if (departures_.empty() || departures_.front().due > now) return std::nullopt;
  std::pop_heap(departures_.begin(), departures_.end(), std::greater<>{});
  const time_point due = departures_.back().due;
  popped_ = departures_.back().slot;
  departures_.pop_back();
  const parcel& out = parcels_[*popped_];
  --(out.copy ? counts_.copies_in_flight : counts_.in_flight);
  ++(out.copy ? counts_.copies_delivered : counts_.delivered);
  if (!out.copy) counts_.delivered_bytes += out.bytes.size();
  return arrival{out.index, out.copy, due, out.tag, out.bytes};
}

std::optional<time_point> link::next_event() const {
  if (departures_.empty()) return std::nullopt;
  return departures_.front().due;
}

bool link::in_outage(time_point now) const {
  return std::any_of(options_.outages.begin(), options_.outages.end(),
                     [now](const outage& o) { return o.from <= now && now < o.until; });
}

bool link::doomed(std::uint64_t index) {
  return std::erase(doomed_, index) > 0;
}

bool link::carry(std::span<const std::byte> datagram, std::uint64_t index, std::uint64_t tag,
                 const packet_draws& draws, passage way, time_point now) {
  if (departures_.size() >= options_.limit) return false;
  const std::size_t slot = take_slot();
  parcel& in = parcels_[slot];
  in.index = index;
  in.copy = way == passage::copy;
  in.tag = tag;
  in.bytes.assign(datagram.begin(), datagram.end());
  if (draws.chance(options_.corrupt, draw::corrupt, way)) {
    ++counts_.corrupted;
    damage(in.bytes, draws, way);
  }
  departures_.push_back({due(draws, way, now), order_++, slot});
  std::push_heap(departures_.begin(), departures_.end(), std::greater<>{});
  return true;
}

time_point link::due(const packet_draws& draws, passage way, time_point now) {
  time_point at = now + options_.delay + draws.between(duration{0}, options_.jitter, draw::jitter, way);
  if (draws.chance(options_.reorder, draw::reorder, way)) {
    ++counts_.held_back;
    return at + draws.between(options_.reorder_least, options_.reorder_most, draw::reorder_delay, way);
  }
  if (!options_.jitter_reorders) at = latest_ = std::max(at, latest_);
  return at;
}

// One bit in each of `flips` equal parts, so that no flip takes back another.
void link::damage(std::vector<std::byte>& bytes, const packet_draws& draws, passage way) const {
  if (bytes.empty()) return;
  const auto bits = static_cast<std::uint32_t>(bytes.size() * 8);
  const std::uint32_t flips = 1 + below(draws.bits(draw::corrupt_count, way), 8);
  for (std::uint32_t i = 0; i < flips; ++i) {
    const std::uint32_t first = bits * i / flips;
    const std::uint32_t end = bits * (i + 1) / flips;
    const std::uint32_t bit = first + below(draws.bits(draw::corrupt_bits, way, i), end - first);
    bytes[bit / 8] ^= std::byte{1} << (bit % 8);
  }
}

std::size_t link::take_slot() {
  release_last();
  if (free_.empty()) {
    parcels_.emplace_back();
    return parcels_.size() - 1;
  }
  const std::size_t slot = free_.back();
  free_.pop_back();
  return slot;
}

void link::release_last() {
  if (popped_) free_.push_back(*popped_);
  popped_.reset();
}

}  // namespace dgram::sim
