// SPDX-License-Identifier: MIT
// A chat server and many members in virtual time, each behind a link of its own. As the simulator, but with a
// heap of moments: the simulator looks at every host in every step, which ten thousand would not end.
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <queue>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "apps/rooms/chat_service.h"
#include "udp/sim/host.h"
#include "udp/sim/link.h"

namespace dgram::test {

class star : private app::service_port {
 public:
  // The same link both ways, of which a member's own draws.
  star(std::size_t members, const sim::link_options&, std::uint64_t seed);

  // Member i, from 0.
  void send(std::size_t member, std::string_view text);
  // While cut off nothing gets through to or from that member.
  void cut_off(std::size_t member, bool cut) { cut_off_[member] = cut; }
  void run_for(duration);
  time_point now() const override { return now_; }

  std::function<void(std::size_t member, std::string_view line)> on_line = [](std::size_t, std::string_view) {
  };
  // Replies that say why not.
  std::vector<std::string> refusals;
  std::uint64_t datagrams = 0;

 private:
  struct moment {
    time_point when;
    std::size_t node;
    bool operator>(const moment& other) const { return when > other.when; }
  };

  send_status reply(const app::reply_handle&, std::string_view) override;
  send_status try_reply(const app::reply_handle& to, std::string_view bytes) override {
    return reply(to, bytes);
  }
  send_status acknowledge(const app::reply_handle& to) override { return reply(to, {}); }
  send_status send(app::client_id, std::string_view) override;
  app::backlog waiting(app::client_id) const override;
  void disconnect(app::client_id) override {}

  void at_server(const event&);
  void at_member(std::size_t, const event&);
  app::client_id client_of(peer_id);

  // Hosts: the server is 0, member i is i + 1. Then the links up, then those down.
  std::optional<time_point> next_of(std::size_t node) const;
  void step(std::size_t node);
  void flush(std::size_t host);
  void plan(std::size_t node);

  std::size_t members_;
  time_point now_{std::chrono::hours(1)};
  std::deque<sim::host> hosts_;
  std::deque<sim::link> up_, down_;
  std::vector<peer_id> to_server_;
  std::vector<bool> cut_off_;
  std::vector<time_point> planned_;
  std::priority_queue<moment, std::vector<moment>, std::greater<>> moments_;
  std::unordered_map<std::uint64_t, std::uint64_t> clients_;  // by peer
  std::vector<peer_id> peers_;                                // by client
  std::vector<app::backlog> waiting_;
  std::unordered_map<std::uint64_t, std::pair<std::uint64_t, std::size_t>> under_way_;  // by ticket
  std::uint64_t last_ticket_ = 0;
  app::rooms::chat_service chat_;
};

}  // namespace dgram::test
