// SPDX-License-Identifier: MIT
#include "udp/sim/departure_queue.h"

#include <algorithm>
#include <functional>
#include <utility>

namespace dgram::sim {

bool departure_queue::entry::operator>(const entry& other) const {
  return due != other.due ? due > other.due : order > other.order;
}

std::span<std::byte> departure_queue::put(const packet_label& label, std::span<const std::byte> bytes,
                                          time_point due) {
  const std::size_t slot = take_slot(label, bytes);
  schedule({due, order_++, slot});
  return parcels_[slot].bytes;
}

std::span<std::byte> departure_queue::hold(const packet_label& label, std::span<const std::byte> bytes,
                                           time_point due, time_point latest, std::uint32_t distance) {
  const std::size_t slot = take_slot(label, bytes);
  held_.push_back({{latest, order_++, slot}, due, distance, true});
  earliest_held_ = std::min(earliest_held_.value_or(latest), latest);
  return parcels_[slot].bytes;
}

void departure_queue::passed(time_point due) {
  for (held& h : held_) {
    h.due = std::max(h.due, due);
    if (--h.left > 0 || !h.waits) continue;
    schedule(h.due < h.at_last.due ? entry{h.due, order_++, h.at_last.slot} : h.at_last);
    h.waits = false;
  }
  if (std::erase_if(held_, [](const held& h) { return h.left == 0; }) > 0) find_earliest_held();
}

std::optional<departure_queue::departure> departure_queue::pop(time_point now) {
  release_last();
  if (earliest_held_ && *earliest_held_ <= now) release_held(now);
  if (entries_.empty() || entries_.front().due > now) return std::nullopt;
  std::pop_heap(entries_.begin(), entries_.end(), std::greater<>{});
  const entry out = entries_.back();
  entries_.pop_back();
  popped_ = out.slot;
  const parcel& leaving = parcels_[out.slot];
  return departure{leaving.label, out.due, leaving.bytes};
}

std::optional<time_point> departure_queue::next() const {
  if (entries_.empty()) return earliest_held_;
  return std::min(entries_.front().due, earliest_held_.value_or(time_point::max()));
}

void departure_queue::reschedule(
    const std::function<time_point(const packet_label&, time_point due)>& new_due) {
  struct under_way {
    const packet_label* label;
    time_point* due;
    time_point* latest;  // of one that waits for others to pass
    time_point before;
  };
  std::vector<under_way> all;
  for (entry& e : entries_) all.push_back({&parcels_[e.slot].label, &e.due, nullptr, e.due});
  for (held& h : held_) {
    if (h.waits) all.push_back({&parcels_[h.at_last.slot].label, &h.due, &h.at_last.due, h.due});
  }
  std::sort(all.begin(), all.end(), [](const under_way& a, const under_way& b) {
    return std::pair(a.label->index, a.label->copy) < std::pair(b.label->index, b.label->copy);
  });
  for (const under_way& p : all) *p.due = new_due(*p.label, *p.due);
  for (auto p = all.begin(); p != all.end(); ++p) {
    if (p->label->placing != placing::behind_others) continue;
    for (auto later = p + 1; later != all.end(); ++later) {
      const bool passes =
          !later->label->copy && later->before <= p->before &&
          (later->label->placing == placing::in_order || later->label->placing == placing::free);
      if (passes) *p->due = std::max(*p->due, *later->due);
    }
    if (p->latest != nullptr) *p->latest += *p->due - p->before;
  }
  std::make_heap(entries_.begin(), entries_.end(), std::greater<>{});
  find_earliest_held();
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

void departure_queue::schedule(const entry& e) {
  entries_.push_back(e);
  std::push_heap(entries_.begin(), entries_.end(), std::greater<>{});
}

void departure_queue::release_held(time_point now) {
  for (held& h : held_) {
    if (!h.waits || h.at_last.due > now) continue;
    schedule(h.at_last);
    h.waits = false;
  }
  find_earliest_held();
}

void departure_queue::find_earliest_held() {
  earliest_held_.reset();
  for (const held& h : held_) {
    if (h.waits) earliest_held_ = std::min(earliest_held_.value_or(h.at_last.due), h.at_last.due);
  }
}

}  // namespace dgram::sim
