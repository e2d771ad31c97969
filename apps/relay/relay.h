// SPDX-License-Identifier: MIT
// Carries datagrams between many clients and one server through an impaired path. Towards the server each
// client has a socket of its own, so that the server sees as many peers as there are.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include <asio/io_context.hpp>
#include <asio/steady_timer.hpp>

#include "apps/impairment/impaired_path.h"
#include "apps/relay/client_table.h"
#include "udp/net/datagram_socket.h"

namespace dgram::app {

struct relay_options {
  address listen;
  address to;
  std::size_t max_clients = 1024;
  duration idle = std::chrono::seconds(60);
  bool force_portable = false;
};

// What became of datagrams outside the link. With the link's own counts they explain every one.
struct relay_counts {
  std::uint64_t clients = 0;        // ever
  std::uint64_t evicted = 0;        // to make room for another
  std::uint64_t idle = 0;           // silent for too long
  std::uint64_t no_socket = 0;      // datagrams of clients that could get no socket
  std::uint64_t client_gone = 0;    // packets that left the link when their client had been forgotten
  socket_statistics client_side{};  // of the socket that clients send to
  socket_statistics server_side{};  // of all sockets towards the server, also those gone
};

class relay {
 public:
  // Binds; throws std::system_error. The path must outlive this.
  relay(asio::io_context&, impaired_path&, const relay_options&);
  ~relay();
  relay(const relay&) = delete;
  relay& operator=(const relay&) = delete;

  void start();
  void close();

  address local() const { return front_->local(); }
  const address& server() const { return options_.to; }
  std::size_t clients() const { return clients_.size(); }
  // Asks the system for what only it knows.
  relay_counts counts();
  // nullptr when it was forgotten.
  const relay_client* client(client_id id) { return clients_.find(id); }
  // Settings changed: what is due may be due at another time.
  void reschedule();
  // Once, when the first client could get no socket.
  void on_no_socket(std::function<void(const std::string& why)> f) { on_no_socket_ = std::move(f); }

 private:
  using shared_socket = std::shared_ptr<datagram_socket>;

  void wait_for_clients();
  void read_clients();
  void wait_for_server(client_id, const shared_socket&);
  void read_server(client_id, const shared_socket&);
  relay_client* client_at(const path&, time_point now);
  relay_client* new_client(const path&, time_point now);
  void forget(relay_client&);

  void forward_due(time_point now);
  void send(side from, const sim::arrival&);
  void arm_timer();
  void arm_idle_timer();
  void end_idle_clients();

  asio::io_context& context_;
  impaired_path& path_;
  relay_options options_;
  shared_socket front_;
  client_table clients_;
  asio::steady_timer timer_;
  asio::steady_timer idle_timer_;
  std::optional<time_point> armed_for_;
  relay_counts counts_;
  std::function<void(const std::string&)> on_no_socket_;
  bool closed_ = false;
};

}  // namespace dgram::app
