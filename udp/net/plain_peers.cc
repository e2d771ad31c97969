// SPDX-License-Identifier: MIT
#include "udp/net/plain_peers.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "udp/net/address_text.h"

namespace dgram {

namespace {

std::size_t headers(const address& a) {
  return is_ipv4(a) ? 20 + 8 : 40 + 8;
}
std::size_t on_the_wire(std::size_t bytes, const address& a) {
  return bytes + headers(a);
}
// What the 16-bit length fields leave: of the IPv4 packet, of the UDP datagram.
std::size_t longest(const address& a) {
  return is_ipv4(a) ? 65535 - 20 - 8 : 65535 - 8;
}

constexpr std::uint64_t most_amplification = 3;

}  // namespace

plain_peers::plain_peers(std::size_t most, duration idle, std::uint64_t seed)
    : most_(std::max<std::size_t>(most, 1)),
      idle_(idle),
      found_(16, address_hash{seed}),
      requests_(open_requests) {}

std::size_t plain_peers::address_hash::operator()(const address& a) const noexcept {
  std::uint64_t words[2];
  std::memcpy(words, a.ip.data(), sizeof words);
  std::uint64_t h = seed ^ a.port ^ std::uint64_t{a.scope} << 16;
  for (const std::uint64_t word : words) {
    h = (h ^ word) * 0x9e37'79b9'7f4a'7c15;
    h ^= h >> 32;
  }
  return static_cast<std::size_t>(h);
}

plain_peers::arrival plain_peers::arrived(const path& from, std::size_t bytes, time_point now) {
  arrival result;
  std::uint32_t slot = none;
  if (const auto known = found_.find(from.remote); known != found_.end()) {
    slot = known->second;
    unlink(slot);
  } else {
    slot = take_slot(from);
    result.opened = true;
  }
  link_newest(slot);
  peer& p = peers_[slot];
  const std::size_t wire_size = on_the_wire(bytes, from.remote);
  p.way = from;
  p.heard = now;
  ++p.received;
  p.bytes_received += bytes;
  p.credit += most_amplification * wire_size;
  ++last_;
  result.id = {id_of(slot), {}, last_};
  requests_[last_.value % open_requests] = {last_, result.id.peer, from, wire_size};
  return result;
}

std::uint32_t plain_peers::take_slot(const path& from) {
  if (free_.empty()) {
    free_.push_back(static_cast<std::uint32_t>(peers_.size()));
    peers_.emplace_back();
  }
  const std::uint32_t slot = free_.back();
  free_.pop_back();
  const std::uint32_t generation = peers_[slot].generation;
  peers_[slot] = {};
  peers_[slot].generation = generation;
  peers_[slot].in_use = true;
  found_.emplace(from.remote, slot);
  return slot;
}

std::optional<peer_id> plain_peers::take_evicted(const path& from) {
  if (found_.size() < most_ || found_.contains(from.remote)) return std::nullopt;
  const peer_id evicted = id_of(oldest_);
  remove(oldest_);
  return evicted;
}

std::optional<peer_id> plain_peers::take_idle(time_point now) {
  if (oldest_ == none || now - peers_[oldest_].heard < idle_) return std::nullopt;
  const peer_id idle = id_of(oldest_);
  remove(oldest_);
  return idle;
}

std::optional<time_point> plain_peers::next_idle() const {
  if (oldest_ == none) return std::nullopt;
  return peers_[oldest_].heard + idle_;
}

plain_peers::permission plain_peers::may_reply(const request_id& id, std::size_t bytes) {
  request& r = requests_[id.message.value % open_requests];
  peer* p = find(id.peer);
  if (!p || r.id != id.message || r.from != id.peer) return {};
  const std::size_t wire_size = on_the_wire(bytes, r.way.remote);
  const bool local = is_loopback(r.way.remote);
  if (bytes > longest(r.way.remote) || (!local && wire_size > most_amplification * r.wire_size)) {
    return {send_status::too_large, {}};
  }
  r.id = {};
  ++p->sent;
  p->bytes_sent += bytes;
  p->credit -= std::min<std::uint64_t>(p->credit, wire_size);
  return {send_status::accepted, r.way};
}

plain_peers::permission plain_peers::may_send(peer_id id, std::size_t bytes) {
  peer* p = find(id);
  if (!p) return {};
  const std::size_t wire_size = on_the_wire(bytes, p->way.remote);
  if (bytes > longest(p->way.remote) || (!is_loopback(p->way.remote) && wire_size > p->credit)) {
    return {send_status::too_large, {}};
  }
  ++p->sent;
  p->bytes_sent += bytes;
  p->credit -= std::min<std::uint64_t>(p->credit, wire_size);
  return {send_status::accepted, p->way};
}

bool plain_peers::close(peer_id id) {
  if (!find(id)) return false;
  remove(id.slot & ~plain_bit);
  return true;
}

std::optional<path> plain_peers::path_of(peer_id id) const {
  const peer* p = find(id);
  return p ? std::optional(p->way) : std::nullopt;
}

std::optional<statistics> plain_peers::of(peer_id id) const {
  const peer* p = find(id);
  if (!p) return std::nullopt;
  statistics s;
  s.messages_received = s.datagrams_received = p->received;
  s.messages_sent = s.datagrams_sent = p->sent;
  s.bytes_received = p->bytes_received;
  s.bytes_sent = p->bytes_sent;
  return s;
}

const plain_peers::peer* plain_peers::find(peer_id id) const {
  const std::uint32_t slot = id.slot & ~plain_bit;
  if (!owns(id) || slot >= peers_.size()) return nullptr;
  const peer& p = peers_[slot];
  return p.in_use && p.generation == id.generation ? &p : nullptr;
}

plain_peers::peer* plain_peers::find(peer_id id) {
  return const_cast<peer*>(std::as_const(*this).find(id));
}

peer_id plain_peers::id_of(std::uint32_t slot) const {
  return {slot | plain_bit, peers_[slot].generation};
}

void plain_peers::link_newest(std::uint32_t slot) {
  peers_[slot].older = newest_;
  peers_[slot].newer = none;
  (newest_ == none ? oldest_ : peers_[newest_].newer) = slot;
  newest_ = slot;
}

void plain_peers::unlink(std::uint32_t slot) {
  const peer& p = peers_[slot];
  (p.older == none ? oldest_ : peers_[p.older].newer) = p.newer;
  (p.newer == none ? newest_ : peers_[p.newer].older) = p.older;
}

void plain_peers::remove(std::uint32_t slot) {
  unlink(slot);
  peer& p = peers_[slot];
  found_.erase(p.way.remote);
  p.in_use = false;
  ++p.generation;
  free_.push_back(slot);
}

}  // namespace dgram
