// SPDX-License-Identifier: MIT
#include "apps/operator/open_requests.h"

#include <algorithm>

namespace dgram::app {

bool open_requests::add(const reply_handle& to, std::size_t bytes, std::optional<time_point> due) {
  if (size_ >= limits_.in_all || of(to.to) >= limits_.per_peer) return false;
  const std::uint64_t number = ++last_number_;
  by_peer_[to.to.value].push_back({to, bytes, number});
  if (due) dues_.emplace(number, waiting{to.to, *due});
  ++size_;
  return true;
}

std::optional<open_request> open_requests::oldest(client_id of) const {
  const auto found = by_peer_.find(of.value);
  if (found == by_peer_.end()) return std::nullopt;
  return found->second.front();
}

void open_requests::remove_oldest(client_id of) {
  if (const auto first = oldest(of)) erase(of, first->number);
}

std::size_t open_requests::forget(client_id of) {
  const std::size_t had = this->of(of);
  for (std::size_t i = 0; i < had; ++i) remove_oldest(of);
  return had;
}

std::optional<time_point> open_requests::next_due() const {
  if (dues_.empty()) return std::nullopt;
  return dues_.begin()->second.due;
}

std::optional<open_request> open_requests::take_due(time_point now) {
  if (dues_.empty() || dues_.begin()->second.due > now) return std::nullopt;
  // Answers go to the oldest, so what is due first of a peer is its oldest that can be due at all.
  const client_id of = dues_.begin()->second.of;
  const std::uint64_t number = dues_.begin()->first;
  const auto& its = by_peer_.at(of.value);
  const open_request found =
      *std::find_if(its.begin(), its.end(), [number](const open_request& r) { return r.number == number; });
  erase(of, number);
  return found;
}

std::optional<open_request> open_requests::take_any() {
  if (by_peer_.empty()) return std::nullopt;
  const open_request found = by_peer_.begin()->second.front();
  erase(found.to.to, found.number);
  return found;
}

std::size_t open_requests::of(client_id of) const {
  const auto found = by_peer_.find(of.value);
  return found == by_peer_.end() ? 0 : found->second.size();
}

void open_requests::erase(client_id of, std::uint64_t number) {
  auto& its = by_peer_.at(of.value);
  std::erase_if(its, [number](const open_request& r) { return r.number == number; });
  if (its.empty()) by_peer_.erase(of.value);
  dues_.erase(number);
  --size_;
}

}  // namespace dgram::app
