// SPDX-License-Identifier: MIT
#include "udp/net/parked_sends.h"

#include <algorithm>
#include <utility>

namespace dgram {

bool parked_sends::waits(peer_id peer) const {
  return count_ > 0 && queues_.contains(peer);
}

bool parked_sends::park(peer_id peer, std::span<const std::byte> bytes, const send_options& options, ticket t,
                        time_point now) {
  if (count_ >= most_messages_ || bytes.size() > most_bytes_ - bytes_) return false;
  if (free_ == none) {
    free_ = static_cast<std::uint32_t>(entries_.size());
    entries_.emplace_back();
  }
  const std::uint32_t index = free_;
  entry& e = entries_[index];
  free_ = e.after;
  e.message.peer = peer;
  e.message.ticket = t;
  e.message.options = options;
  e.message.since = now;
  e.message.bytes.assign(bytes.begin(), bytes.end());
  e.deadline = deadlines_.emplace(now + options.deadline, index);
  queue& q = queues_[peer];
  e.before = q.last;
  e.after = none;
  (q.last == none ? q.first : entries_[q.last].after) = index;
  q.last = index;
  ++count_;
  bytes_ += bytes.size();
  return true;
}

const parked_send* parked_sends::front(peer_id peer) const {
  const auto found = queues_.find(peer);
  return found == queues_.end() ? nullptr : &entries_[found->second.first].message;
}

void parked_sends::drop_front(peer_id peer) {
  if (const auto found = queues_.find(peer); found != queues_.end()) remove(found->second.first);
}

bool parked_sends::drop(ticket t) {
  // Only a cancelled operation asks this, so a scan is cheaper than an index kept for every message.
  const auto found = std::find_if(deadlines_.begin(), deadlines_.end(),
                                  [&](const auto& d) { return entries_[d.second].message.ticket == t; });
  if (found == deadlines_.end()) return false;
  remove(found->second);
  return true;
}

std::optional<expired_send> parked_sends::take_expired(time_point now) {
  if (deadlines_.empty() || deadlines_.begin()->first > now) return std::nullopt;
  const std::uint32_t index = deadlines_.begin()->second;
  const expired_send taken{entries_[index].message.ticket, entries_[index].message.since};
  remove(index);
  return taken;
}

void parked_sends::clear() {
  while (!deadlines_.empty()) remove(deadlines_.begin()->second);
}

std::optional<time_point> parked_sends::next_deadline() const {
  if (deadlines_.empty()) return std::nullopt;
  return deadlines_.begin()->first;
}

void parked_sends::remove(std::uint32_t index) {
  entry& e = entries_[index];
  const auto found = queues_.find(e.message.peer);
  queue& q = found->second;
  (e.before == none ? q.first : entries_[e.before].after) = e.after;
  (e.after == none ? q.last : entries_[e.after].before) = e.before;
  if (q.first == none) queues_.erase(found);
  deadlines_.erase(e.deadline);
  --count_;
  bytes_ -= e.message.bytes.size();
  e.message.bytes.clear();
  e.after = std::exchange(free_, index);
}

}  // namespace dgram
