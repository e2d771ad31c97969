// SPDX-License-Identifier: MIT
// What endpoints over a datagram socket share: one permanent receive loop, one timer, one clock reading per
// wake-up, hints from the system. Knows nothing of what the datagrams mean.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>

#include "udp/net/address_hints.h"
#include "udp/net/datagram_socket.h"
#include "udp/net/message_endpoint.h"
#include "udp/net/wake_up_timer.h"

namespace dgram {

class datagram_endpoint : public message_endpoint {
 public:
  address local() const final { return socket_->local(); }
  std::error_code last_hint(peer_id) const final;
  const socket_statistics& socket_counters() const { return socket_->statistics(); }

 protected:
  // Opens the socket: throws std::system_error that says what failed for which address.
  datagram_endpoint(executor_type, const endpoint_limits&, const datagram_socket_options&);

  // One datagram; its bytes are valid during the call.
  virtual void take(const datagram_socket::arrival&) = 0;
  virtual void handle_timeout() = 0;
  virtual std::optional<time_point> next_timeout() const = 0;
  // Sends what there is to send, up to a bound; true when more is left.
  virtual bool transmit() = 0;

  // For the end of a derived constructor, and for close().
  void start() { wait(); }
  void stop();
  void send(std::span<const datagram_socket::departure>);

  // Datagrams of one call, and calls of one wake-up: after that the timer and everybody else get their turn.
  static constexpr std::size_t batch_size = 64;
  static constexpr int batches_per_wake_up = 4;

 private:
  class receive_loop;

  void flush() final;
  void wait();
  void on_readable();
  void read();
  void arm_timer();

  std::unique_ptr<datagram_socket> socket_;
  std::unique_ptr<wake_up_timer> timer_;
  std::optional<address> connected_to_;
  address_hints hints_;
  bool more_to_read_ = false;
};

}  // namespace dgram
