// SPDX-License-Identifier: MIT
// Joins one or more endpoints to a service, and tells the log. Does not know which transports there are, nor
// what the service does.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include <asio/steady_timer.hpp>

#include "apps/server/peer_numbers.h"
#include "apps/server/server_log.h"
#include "apps/server/service.h"
#include "udp/net/message_endpoint.h"

namespace dgram::app {

class server : public server_control, private service_port {
 public:
  struct callbacks {
    // Once, when stdout cannot be written any more.
    std::function<void()> on_output_lost;
    // Somebody asked for the end, from outside any call of this class.
    std::function<void()> on_quit;
  };
  server(const make_service&, server_log&, callbacks);

  // `transport` is how the log calls it.
  void serve(std::unique_ptr<message_endpoint>, std::string transport);
  // All endpoints are served.
  void start();
  void close();

  server_totals totals() const override;
  std::vector<peer_figures> peers(std::size_t most) const override;
  std::size_t peer_count() const override { return clients_.size(); }
  void accept_clients(bool) override;
  bool accepts_clients() const override { return accepts_clients_; }
  void quit() override;

 private:
  struct listener {
    std::unique_ptr<message_endpoint> endpoint;
    std::string transport;
    std::uint32_t index;
    peer_numbers numbers;
  };
  struct client {
    listener* on;
    peer_id peer;
    bool plain;
    time_point came;
    time_point heard;
    std::uint64_t messages = 0;
    backlog waiting{};
  };

  send_status reply(const reply_handle&, std::string_view bytes) override;
  send_status try_reply(const reply_handle&, std::string_view bytes) override;
  send_status acknowledge(const reply_handle&) override;
  send_status send(client_id, std::string_view bytes) override;
  backlog waiting(client_id) const override;
  void disconnect(client_id) override;
  time_point now() const override { return time_point::clock::now(); }

  peer_figures figures_of(std::uint64_t number, const client&) const;
  void take(listener&, const message_view&);
  client_id number_of(listener&, const message_view&);
  void forget(listener&, const session_ended&);
  void settled(client_id, std::size_t bytes, std::error_code, outcome);
  void count_reply(const reply_handle&, std::size_t bytes, send_status);

  // Calls the service when it wants to be called.
  void arm_timer();
  void timer_fired();
  // Writes the log after this wake-up.
  void flush_soon();
  void flush();

  server_log& log_;
  callbacks callbacks_;
  std::vector<std::unique_ptr<listener>> listeners_;
  std::unordered_map<std::uint64_t, client> clients_;
  std::optional<asio::steady_timer> timer_;
  std::optional<time_point> armed_for_;
  bool closed_ = false;
  bool accepts_clients_ = true;
  time_point started_;
  std::uint64_t peers_ = 0;
  std::uint64_t messages_ = 0;
  std::uint64_t answered_ = 0;
  std::uint64_t unsent_ = 0;  // replies
  std::uint64_t lost_ = 0;    // messages that nobody asked for
  bool flush_posted_ = false;
  // The last, so that it is gone before what it works with.
  std::unique_ptr<service> service_;
};

}  // namespace dgram::app
