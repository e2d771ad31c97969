// SPDX-License-Identifier: MIT
#include "udp/sim/departure_queue.h"

#include <algorithm>
#include <functional>

namespace dgram::sim {

bool departure_queue::entry::operator>(const entry& other) const {
  return due != other.due ? due > other.due : order > other.order;
}

std::span<std::byte> departure_queue::put(const packet_label& label, std::span<const std::byte> bytes,
                                          time_point due) {
  const std::size_t slot = take_slot(label, bytes);
  schedule(slot, due);
  return parcels_[slot].bytes;
}

std::span<std::byte> departure_queue::hold(const packet_label& label, std::span<const std::byte> bytes,
                                           time_point due, time_point latest, std::uint32_t distance) {
  const std::size_t slot = take_slot(label, bytes);
  schedule(slot, latest);
  held_.push_back({slot, parcels_[slot].order, due, latest, distance});
  return parcels_[slot].bytes;
}

void departure_queue::passed(time_point due) {
  for (held& h : held_) {
    if (--h.left > 0) continue;
    const time_point after = std::max(due, h.due);
    const bool waits = parcels_[h.slot].order == h.order;  // otherwise its latest time came first
    if (waits && after < h.latest) schedule(h.slot, after);
  }
  std::erase_if(held_, [](const held& h) { return h.left == 0; });
  drop_outdated();
}

std::optional<departure_queue::departure> departure_queue::pop(time_point now) {
  release_last();
  if (entries_.empty() || entries_.front().due > now) return std::nullopt;
  std::pop_heap(entries_.begin(), entries_.end(), std::greater<>{});
  const entry out = entries_.back();
  entries_.pop_back();
  popped_ = out.slot;
  parcel& leaving = parcels_[out.slot];
  leaving.order = order_++;  // nothing that is held refers to it any more
  drop_outdated();
  return departure{leaving.label, out.due, leaving.bytes};
}

std::optional<time_point> departure_queue::next() const {
  if (entries_.empty()) return std::nullopt;
  return entries_.front().due;
}

std::size_t departure_queue::take_slot(const packet_label& label, std::span<const std::byte> bytes) {
  release_last();
  if (free_.empty()) {
    free_.push_back(parcels_.size());
    parcels_.emplace_back();
  }
  const std::size_t slot = free_.back();
  free_.pop_back();
  parcels_[slot].label = label;
  parcels_[slot].bytes.assign(bytes.begin(), bytes.end());
  return slot;
}

void departure_queue::release_last() {
  if (popped_) free_.push_back(*popped_);
  popped_.reset();
}

void departure_queue::schedule(std::size_t slot, time_point due) {
  parcels_[slot].order = order_;
  entries_.push_back({due, order_++, slot});
  std::push_heap(entries_.begin(), entries_.end(), std::greater<>{});
}

void departure_queue::drop_outdated() {
  while (!entries_.empty() && parcels_[entries_.front().slot].order != entries_.front().order) {
    std::pop_heap(entries_.begin(), entries_.end(), std::greater<>{});
    entries_.pop_back();
  }
}

}  // namespace dgram::sim
