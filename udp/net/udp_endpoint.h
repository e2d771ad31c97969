// SPDX-License-Identifier: MIT
// The message API over UDP: a socket and a switchboard of sessions, and plain peers beside them. Moves
// datagrams, time and entropy in, and datagrams and events out. Knows no acks, no retries.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "udp/core/options.h"
#include "udp/core/switchboard.h"
#include "udp/net/datagram_endpoint.h"
#include "udp/net/plain_peers.h"
#include "udp/net/transmit_batch.h"

namespace dgram {

struct udp_endpoint_options {
  // The address to serve or to send from; `::` serves IPv4 too. Nothing: any free port of any family.
  std::optional<address> bind = std::nullopt;
  // A client of one server: ICMP errors arrive (see last_hint), and only that server is heard. No plain
  // service.
  std::optional<address> connect = std::nullopt;
  // Whether strangers may begin sessions. Nothing: unless `connect` is set.
  std::optional<bool> accept_sessions = std::nullopt;
  // Whether datagrams that are not ours are messages too. Nothing: when `bind` is a loopback address, because
  // elsewhere a plain datagram proves nothing about its sender.
  std::optional<bool> plain = std::nullopt;
  // Plain peers remembered at most (the one silent longest is forgotten), and for how long.
  std::size_t plain_peers = 4096;
  duration plain_idle = std::chrono::seconds(60);
  // The protocol's own tunables. `accept_sessions` there is overruled by the one above.
  switchboard_options protocol{};
  endpoint_limits limits{};
  // Bytes of socket buffer asked for in each direction.
  int socket_buffer = 4 * 1024 * 1024;
  // Explicit congestion notification: routers may mark our datagrams where they would drop some.
  bool ecn = true;
  // asio alone, without the system's batch calls and packet info.
  bool force_portable = false;
};

class udp_endpoint final : public datagram_endpoint {
 public:
  // Binds and begins to listen. Throws std::system_error that says what failed for which address.
  explicit udp_endpoint(executor_type, const udp_endpoint_options& = {});
  // As close().
  ~udp_endpoint() override;

  // With `connect` set only that address has a peer; for others the result is a peer that is not connected.
  peer_id open(const address& remote) override;
  void close(peer_id) override;
  // Tells every peer, once.
  void close() override;

  void accept_sessions(bool) override;

  statistics total() const override;
  std::optional<statistics> of(peer_id) const override;
  std::optional<address> remote_of(peer_id) const override;
  void trace_to(trace_sink) override;

  // Whether datagrams that are not ours are served.
  bool plain_service() const { return plain_.has_value(); }

 private:
  send_status submit(peer_id, std::span<const std::byte>, const send_options&, ticket) override;
  send_status submit_reply(const request_id&, std::span<const std::byte>) override;
  void drain_events() override;
  void accept_messages(bool) override;
  void take(const datagram_socket::arrival&) override;
  void handle_timeout() override;
  std::optional<time_point> next_timeout() const override;
  bool transmit() override;

  void take_plain(const datagram_socket::arrival&);
  void send_plain(const path& to, std::span<const std::byte>);

  std::optional<address> connected_to_;
  switchboard board_;
  std::optional<dgram::plain_peers> plain_;
  bool taking_plain_peers_ = true;
  transmit_batch batch_;
  statistics outside_;  // what the switchboard never sees: plain peers, datagrams refused here
};

}  // namespace dgram
