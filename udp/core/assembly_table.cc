// SPDX-License-Identifier: MIT
#include "udp/core/assembly_table.h"

#include <utility>

namespace dgram {

assembly* assembly_table::find(message_id id) {
  const auto found =
      std::find_if(assemblies_.begin(), assemblies_.end(), [&](const assembly& a) { return a.id() == id; });
  return found != assemblies_.end() ? &*found : nullptr;
}

bool assembly_table::given_up(message_id id) const {
  return std::any_of(tombstones_.begin(), tombstones_.end(), [&](const tombstone& t) { return t.id == id; });
}

bool assembly_table::make_room() {
  if (assemblies_.size() < limit) return true;
  const auto age = [&](std::size_t i) { return std::pair{assemblies_[i].last_byte(), assemblies_[i].id()}; };
  std::size_t stalest = limit;
  for (std::size_t i = 0; i < assemblies_.size(); ++i) {
    if (assemblies_[i].reliable()) continue;
    if (stalest == limit || age(i) < age(stalest)) stalest = i;
  }
  return stalest != limit && bury(stalest);
}

assembly& assembly_table::begin(const message_outline& outline, bool beyond_budget, time_point now) {
  assembly& a = assemblies_.emplace_back(outline, now);
  charged_ += outline.total;
  if (a.counted()) counted_ += outline.total;
  missing_ += outline.total;
  if (beyond_budget) beyond_budget_ = outline.id;
  next_age_ = std::min(next_age_, a.gives_up());
  return a;
}

std::optional<discard_reason> assembly_table::take(assembly& a, const wire::message& m, time_point now) {
  const std::uint32_t before = a.received();
  const auto refused = a.take(m, now);
  missing_ -= a.received() - before;
  return refused;
}

void assembly_table::forget(message_id id) {
  if (assembly* a = find(id)) return remove(static_cast<std::size_t>(a - assemblies_.data()));
  std::erase_if(tombstones_, [&](const tombstone& t) { return t.id == id; });
}

void assembly_table::give_up_stale(time_point now) {
  next_age_ = time_point::max();
  for (std::size_t i = assemblies_.size(); i-- > 0;) {  // downwards: remove() fills the gap from the end
    const assembly& a = assemblies_[i];
    if (a.gives_up() > now) {
      next_age_ = std::min(next_age_, a.gives_up());
    } else if (!bury(i)) {
      next_age_ = std::min(next_age_, now + assembly::patience);
    }
  }
}

bool assembly_table::bury(std::size_t index) {
  const assembly& a = assemblies_[index];
  if (tombstones_.size() == max_tombstones) {
    const auto least =
        std::find_if(tombstones_.begin(), tombstones_.end(), [](const tombstone& t) { return !t.reliable; });
    if (least != tombstones_.end()) tombstones_.erase(least);
  }
  const bool room = tombstones_.size() < max_tombstones;
  if (!room && a.reliable()) return false;
  if (room) tombstones_.push_back({a.id(), a.reliable()});
  remove(index);
  return true;
}

void assembly_table::remove(std::size_t index) {
  assembly& a = assemblies_[index];
  charged_ -= a.outline().total;
  if (a.counted()) counted_ -= a.outline().total;
  missing_ -= a.outline().total - a.received();
  if (beyond_budget_ == a.id()) beyond_budget_.reset();
  if (&a != &assemblies_.back()) a = std::move(assemblies_.back());
  assemblies_.pop_back();
}

}  // namespace dgram
