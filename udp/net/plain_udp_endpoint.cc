// SPDX-License-Identifier: MIT
#include "udp/net/plain_udp_endpoint.h"

#include <utility>

#include "udp/net/address_text.h"

namespace dgram {

namespace {

datagram_socket_options socket_options(const plain_udp_options& o) {
  datagram_socket_options s;
  s.bind = o.bind;
  s.connect = o.remote;
  s.buffer_bytes = o.socket_buffer;
  s.largest = 65535;
  s.may_fragment = true;  // what people send is as long as it is
  s.force_portable = o.force_portable;
  return s;
}

}  // namespace

plain_udp_endpoint::plain_udp_endpoint(executor_type executor, const plain_udp_options& options)
    : datagram_endpoint(std::move(executor), options.limits, socket_options(options)),
      remote_(options.remote),
      requests_(options.most_waiting, options.first_timeout) {
  start();
}

plain_udp_endpoint::~plain_udp_endpoint() {
  close();
}

peer_id plain_udp_endpoint::open(const address& remote) {
  return closed() || remote != remote_ ? peer_id{} : peer_;
}

void plain_udp_endpoint::close(peer_id peer) {
  if (closed() || peer != peer_) return;
  while (const auto r = requests_.take_any(outcome::unknown, now())) resolve(*r, {});
  ++peer_.generation;
  refuse_parked(peer);
}

void plain_udp_endpoint::close() {
  if (closed()) return;
  abort_operations();
  stop();
}

send_status plain_udp_endpoint::submit(peer_id peer, std::span<const std::byte> bytes,
                                       const send_options& options, ticket t) {
  if (peer != peer_) return send_status::no_peer;
  // What the 16-bit length fields leave: of the IPv4 packet, of the UDP datagram.
  if (bytes.size() > (is_ipv4(remote_) ? 65535u - 20 - 8 : 65535u - 8)) return send_status::too_large;
  if (options.wants_reply && requests_.full()) return send_status::would_block;
  ++statistics_.messages_sent;
  send_datagram(bytes);
  if (options.wants_reply) {
    requests_.add(bytes, options, t, now());
  } else {
    delivery_report report;
    report.outcome = outcome::unknown;
    report.tries = 1;
    resolve({t, report}, {});
  }
  return send_status::accepted;
}

void plain_udp_endpoint::send_datagram(std::span<const std::byte> bytes) {
  ++statistics_.datagrams_sent;
  statistics_.bytes_sent += bytes.size();
  const datagram_socket::departure departure{{remote_, {}}, bytes};
  send({&departure, 1});
}

void plain_udp_endpoint::resolve(const plain_requests::resolution& r, std::span<const std::byte> reply) {
  statistics_.count(r.report.outcome);
  handle(message_resolved{peer_, r.ticket, r.report, reply});
}

void plain_udp_endpoint::take(const datagram_socket::arrival& arrival) {
  ++statistics_.datagrams_received;
  statistics_.bytes_received += arrival.bytes.size();
  if (const auto answered = requests_.answered(now())) {
    statistics_.smoothed_round_trip = answered->report.round_trip;
    resolve(*answered, arrival.bytes);
  } else if (inbox_full()) {
    statistics_.discarded.count(discard_reason::not_accepting);
  } else {
    ++statistics_.messages_received;
    const request_id id{peer_, {}, ++last_message_};
    deliver({id, delivery_mode::unreliable, {}, false, true, arrival.bytes});
  }
}

void plain_udp_endpoint::handle_timeout() {
  while (const auto expired = requests_.take_expired(now())) resolve(*expired, {});
  while (const auto bytes = requests_.next_resend(now())) {
    ++statistics_.messages_retransmitted;
    send_datagram(*bytes);
  }
}

statistics plain_udp_endpoint::total() const {
  statistics sum = statistics_;
  sum += parked_outcomes();
  return sum;
}

std::optional<statistics> plain_udp_endpoint::of(peer_id peer) const {
  return peer == peer_ ? std::optional(statistics_) : std::nullopt;
}

std::optional<address> plain_udp_endpoint::remote_of(peer_id peer) const {
  return peer == peer_ ? std::optional(remote_) : std::nullopt;
}

}  // namespace dgram
