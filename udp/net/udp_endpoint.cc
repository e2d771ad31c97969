// SPDX-License-Identifier: MIT
#include "udp/net/udp_endpoint.h"

#include <algorithm>
#include <utility>

#include "udp/net/address_text.h"
#include "udp/net/entropy.h"

namespace dgram {

namespace {

bool serves_plain(const udp_endpoint_options& o) {
  return !o.connect && o.plain.value_or(o.bind && is_loopback(*o.bind));
}

datagram_socket_options socket_options(const udp_endpoint_options& o) {
  datagram_socket_options s;
  s.bind = o.bind;
  s.connect = o.connect;
  s.buffer_bytes = o.socket_buffer;
  // Ours are at most largest_datagram; plain ones may be as long as UDP allows, and their replies too.
  s.largest = serves_plain(o) ? 65535 : 2048;
  s.may_fragment = serves_plain(o);
  s.ecn = o.ecn;
  s.force_portable = o.force_portable;
  return s;
}

switchboard_options protocol_options(const udp_endpoint_options& o) {
  switchboard_options p = o.protocol;
  p.accept_sessions = o.accept_sessions.value_or(!o.connect);
  return p;
}

}  // namespace

udp_endpoint::udp_endpoint(executor_type executor, const udp_endpoint_options& options)
    : datagram_endpoint(std::move(executor), options.limits, socket_options(options)),
      connected_to_(options.connect),
      board_(protocol_options(options), system_entropy(), read_time()),
      batch_(batch_size) {
  if (serves_plain(options)) plain_.emplace(options.plain_peers, options.plain_idle, system_entropy()());
  start();
}

udp_endpoint::~udp_endpoint() {
  close();
}

peer_id udp_endpoint::open(const address& remote) {
  if (closed() || (connected_to_ && *connected_to_ != remote)) return {};
  return board_.open(remote, now());
}

void udp_endpoint::close(peer_id peer) {
  if (closed()) return;
  if (plain_ && plain_->close(peer)) {
    handle(session_ended{peer, end_reason::closed_here});
    return;
  }
  board_.close(peer, now());
  refuse_parked(peer);
}

void udp_endpoint::close() {
  if (closed()) return;
  board_.close_all(now());
  while (transmit()) {
  }
  abort_operations();
  stop();
}

// --- In.

void udp_endpoint::take(const datagram_socket::arrival& arrival) {
  const bool ours = looks_like_ours(arrival.bytes);
  if (ours && !arrival.truncated) {
    board_.handle_datagram(arrival.bytes, arrival.from, now(), arrival.congestion_marked);
    drain_events();  // they point into the datagram
    return;
  }
  ++outside_.datagrams_received;
  outside_.bytes_received += arrival.bytes.size();
  if (arrival.truncated) {
    outside_.discarded.count(discard_reason::truncated);
  } else if (!plain_) {
    outside_.discarded.count(discard_reason::plain_refused);
  } else if (board_.damaged_one_of_ours(arrival.bytes)) {
    outside_.discarded.count(discard_reason::bad_checksum);
  } else if (inbox_full()) {
    outside_.discarded.count(discard_reason::not_accepting);
  } else if (!taking_plain_peers_ && !plain_->knows(arrival.from)) {
    outside_.discarded.count(discard_reason::no_new_sessions);
  } else {
    take_plain(arrival);
  }
}

void udp_endpoint::take_plain(const datagram_socket::arrival& arrival) {
  while (const auto evicted = plain_->take_evicted(arrival.from)) {
    handle(session_ended{*evicted, end_reason::evicted});
  }
  const auto arrived = plain_->arrived(arrival.from, arrival.bytes.size(), now());
  ++outside_.messages_received;
  if (arrived.opened) handle(session_opened{arrived.id.peer});
  deliver({arrived.id, delivery_mode::unreliable, {}, true, true, arrival.bytes});
}

void udp_endpoint::handle_timeout() {
  board_.handle_timeout(now());
  if (!plain_) return;
  while (const auto idle = plain_->take_idle(now())) handle(session_ended{*idle, end_reason::idle});
}

void udp_endpoint::drain_events() {
  while (const auto e = board_.poll_event()) {
    if (!closed()) handle(*e);
  }
}

void udp_endpoint::accept_messages(bool accept) {
  board_.accept_messages(accept);
}

void udp_endpoint::accept_sessions(bool accept) {
  board_.accept_sessions(accept);
  taking_plain_peers_ = accept;
}

// --- Out.

send_status udp_endpoint::submit(peer_id peer, std::span<const std::byte> bytes, const send_options& options,
                                 ticket t) {
  if (!dgram::plain_peers::owns(peer)) return board_.send(peer, bytes, options, t, now());
  if (!plain_) return send_status::no_peer;
  const auto permission = plain_->may_send(peer, bytes.size());
  if (permission.status != send_status::accepted) return permission.status;
  send_plain(permission.to, bytes);
  // Nobody will ever say more about it.
  ++outside_.unknown;
  delivery_report report;
  report.outcome = outcome::unknown;
  report.tries = 1;
  handle(message_resolved{peer, t, report, {}});
  return send_status::accepted;
}

send_status udp_endpoint::submit_reply(const request_id& id, std::span<const std::byte> bytes) {
  if (!dgram::plain_peers::owns(id.peer)) return board_.reply(id, bytes, now());
  if (!plain_) return send_status::no_peer;
  const auto permission = plain_->may_reply(id, bytes.size());
  if (permission.status == send_status::accepted) send_plain(permission.to, bytes);
  if (permission.status == send_status::too_large) outside_.discarded.count(discard_reason::plain_refused);
  return permission.status;
}

void udp_endpoint::send_plain(const path& to, std::span<const std::byte> bytes) {
  ++outside_.messages_sent;
  ++outside_.datagrams_sent;
  outside_.bytes_sent += bytes.size();
  const datagram_socket::departure departure{to, bytes};
  send({&departure, 1});
}

bool udp_endpoint::transmit() {
  for (int i = 0; i < batches_per_wake_up; ++i) {
    batch_.clear();
    while (!batch_.full()) {
      const auto next = board_.poll_transmit(now(), batch_.place());
      if (!next) break;
      batch_.add(*next);
    }
    if (!batch_.departures().empty()) send(batch_.departures());
    if (!batch_.full()) return false;
  }
  return true;
}

std::optional<time_point> udp_endpoint::next_timeout() const {
  const auto protocol = board_.next_timeout();
  const auto plain = plain_ ? plain_->next_idle() : std::nullopt;
  return protocol && plain ? std::min(protocol, plain) : protocol ? protocol : plain;
}

// --- What is known.

statistics udp_endpoint::total() const {
  statistics sum = board_.total();
  sum += outside_;
  sum += parked_outcomes();
  return sum;
}

std::optional<statistics> udp_endpoint::of(peer_id peer) const {
  if (plain_ && dgram::plain_peers::owns(peer)) return plain_->of(peer);
  return board_.of(peer);
}

std::optional<address> udp_endpoint::remote_of(peer_id peer) const {
  if (!plain_ || !dgram::plain_peers::owns(peer)) return board_.remote_of(peer);
  const auto way = plain_->path_of(peer);
  return way ? std::optional(way->remote) : std::nullopt;
}

void udp_endpoint::trace_to(trace_sink sink) {
  board_.trace_to(std::move(sink));
}

}  // namespace dgram
