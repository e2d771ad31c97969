// SPDX-License-Identifier: MIT
// The message API towards one UDP server that knows nothing of us: a request is one datagram as it is, and
// the next datagram of the server answers the oldest request that waits (see plain_requests.h).
//
// Nothing is acknowledged: async_send completes at once with outcome::unknown, and a request without an
// answer with outcome::expired. Datagrams that answer nothing arrive as messages.
#pragma once

#include <cstddef>
#include <optional>

#include "udp/net/datagram_endpoint.h"
#include "udp/net/plain_requests.h"

namespace dgram {

struct plain_udp_options {
  address remote{};
  std::optional<address> bind = std::nullopt;
  // Before the first repetition of a request whose max_tries allows one; then x1.5, x1.5, x2, ... up to 2 s.
  duration first_timeout = std::chrono::milliseconds(250);
  // Requests that wait for their answer at most; further ones wait unsent.
  std::size_t most_waiting = 4096;
  endpoint_limits limits{};
  int socket_buffer = 4 * 1024 * 1024;
  bool force_portable = false;
};

class plain_udp_endpoint final : public datagram_endpoint {
 public:
  // Throws std::system_error that says what failed for which address.
  plain_udp_endpoint(executor_type, const plain_udp_options&);
  ~plain_udp_endpoint() override;

  // The one peer there is; for any other address a peer that is not connected.
  peer_id open(const address& remote) override;
  // Requests that wait end as unknown: they may have been run.
  void close(peer_id) override;
  void close() override;

  statistics total() const override;
  std::optional<statistics> of(peer_id) const override;
  std::optional<address> remote_of(peer_id) const override;
  // There are no packets to trace.
  void trace_to(trace_sink) override {}

 private:
  send_status submit(peer_id, std::span<const std::byte>, const send_options&, ticket) override;
  // A plain server asks nothing.
  send_status submit_reply(const request_id&, std::span<const std::byte>) override {
    return send_status::no_peer;
  }
  void drain_events() override {}
  void accept_messages(bool) override {}
  void take(const datagram_socket::arrival&) override;
  void handle_timeout() override;
  std::optional<time_point> next_timeout() const override { return requests_.next_timeout(); }
  bool transmit() override { return false; }

  void send_datagram(std::span<const std::byte>);
  void resolve(const plain_requests::resolution&, std::span<const std::byte> reply);

  address remote_;
  peer_id peer_{0, 1};
  plain_requests requests_;
  message_id last_message_{};
  statistics statistics_;
};

}  // namespace dgram
