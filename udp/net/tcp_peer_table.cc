// SPDX-License-Identifier: MIT
#include "udp/net/tcp_peer_table.h"

namespace dgram {

tcp_peer& tcp_peer_table::add(const address& remote, retry_delay delay) {
  if (free_.empty()) {
    free_.push_back(static_cast<std::uint32_t>(slots_.size()));
    slots_.emplace_back();
  }
  const std::uint32_t index = free_.back();
  free_.pop_back();
  slot& s = slots_[index];
  const peer_id id{index, ++s.generation};
  s.peer = std::make_unique<tcp_peer>(id, remote, delay);
  by_address_[remote] = id;
  return *s.peer;
}

void tcp_peer_table::erase(tcp_peer& peer) {
  set_deadline(peer, std::nullopt);
  const auto found = by_address_.find(peer.remote);
  if (found != by_address_.end() && found->second == peer.id) by_address_.erase(found);
  const std::uint32_t index = peer.id.slot;
  slots_[index].peer.reset();
  free_.push_back(index);
}

void tcp_peer_table::clear() {
  for_each([this](tcp_peer& p) { erase(p); });
}

tcp_peer* tcp_peer_table::find(peer_id id) const {
  if (id.slot >= slots_.size()) return nullptr;
  const slot& s = slots_[id.slot];
  return s.generation == id.generation ? s.peer.get() : nullptr;
}

tcp_peer* tcp_peer_table::find(const address& remote) const {
  const auto found = by_address_.find(remote);
  tcp_peer* peer = found == by_address_.end() ? nullptr : find(found->second);
  return peer && !peer->closing ? peer : nullptr;
}

void tcp_peer_table::set_deadline(tcp_peer& peer, std::optional<time_point> when) {
  if (when) {
    deadlines_.set(peer.id.slot, *when, places());
  } else {
    deadlines_.remove(peer.id.slot, places());
  }
}

std::optional<time_point> tcp_peer_table::next_deadline() const {
  if (deadlines_.empty()) return std::nullopt;
  return deadlines_.top().when;
}

tcp_peer* tcp_peer_table::take_due(time_point now) {
  if (deadlines_.empty() || deadlines_.top().when > now) return nullptr;
  tcp_peer& due = *slots_[deadlines_.top().key].peer;
  set_deadline(due, std::nullopt);
  return &due;
}

}  // namespace dgram
