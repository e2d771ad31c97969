// SPDX-License-Identifier: MIT
#include "udp/core/peer_table.h"

#include <cassert>

namespace dgram {

statistics peer_slot::stats() const {
  statistics sum = earlier;
  if (conversation) sum += conversation->stats();
  sum.sessions = conversation ? 1 : 0;
  if (!conversation) sum.held_to_send = sum.held_to_deliver = 0;
  return sum;
}

std::uint32_t peer_table::add(session::role role, const path& way) {
  if (free_.empty()) {
    free_.push_back(size());
    slots_.push_back(std::make_unique<peer_slot>());
  }
  const std::uint32_t n = free_.back();
  free_.pop_back();
  slots_[n]->used = true;
  slots_[n]->role = role;
  slots_[n]->way = way;
  if (role == session::role::initiator) initiated_.emplace(way.remote, n);
  return n;
}

void peer_table::remove(std::uint32_t n) {
  peer_slot& s = *slots_[n];
  assert(!s.conversation);
  if (s.role == session::role::initiator) initiated_.erase(s.way.remote);
  const std::uint32_t next_generation = s.generation + 1;
  const bool queued = s.ready;
  s = peer_slot{};
  s.generation = next_generation;
  s.ready = queued;
  free_.push_back(n);
}

peer_slot* peer_table::find(peer_id peer) const {
  if (peer.slot >= slots_.size()) return nullptr;
  peer_slot& s = *slots_[peer.slot];
  return s.used && s.generation == peer.generation ? &s : nullptr;
}

std::optional<std::uint32_t> peer_table::at(const address& remote) const {
  const auto found = initiated_.find(remote);
  return found == initiated_.end() ? std::nullopt : std::optional(found->second);
}

std::optional<std::uint32_t> peer_table::of(session_id id) const {
  const auto found = by_session_.find(id);
  return found == by_session_.end() ? std::nullopt : std::optional(found->second);
}

session& peer_table::begin(std::uint32_t n, const session::identity& who, const session_options& options,
                           time_point now) {
  peer_slot& s = *slots_[n];
  s.conversation.emplace(who, options, now);
  if (s.earlier_path) s.conversation->remember(*s.earlier_path);
  by_session_.emplace(who.id, n);
  return *s.conversation;
}

void peer_table::end(std::uint32_t n) {
  peer_slot& s = *slots_[n];
  by_session_.erase(s.conversation->id());
  if (const path_record known = s.conversation->path(); known.rtt.measured()) s.earlier_path = known;
  s.earlier_epoch = s.conversation->epoch();
  s.earlier += s.conversation->stats();
  ++s.earlier.sessions_ended;
  unvalidated_.remove(n);
  validated_.remove(n);
  discharge(n);
  s.conversation.reset();
}

void peer_table::heard(std::uint32_t n) {
  const bool validated = slots_[n]->conversation->validated();
  (validated ? unvalidated_ : validated_).remove(n);
  (validated ? validated_ : unvalidated_).touch(n);
  if (validated) discharge(n);
}

void peer_table::charge(std::uint32_t n, std::size_t bytes) {
  slots_[n]->unproven_bytes += bytes;
  unproven_bytes_ += bytes;
}

void peer_table::discharge(std::uint32_t n) {
  unproven_bytes_ -= slots_[n]->unproven_bytes;
  slots_[n]->unproven_bytes = 0;
}

std::optional<std::uint32_t> peer_table::most_silent() const {
  const auto n = unvalidated_.oldest();
  return n ? n : validated_.oldest();
}

}  // namespace dgram
