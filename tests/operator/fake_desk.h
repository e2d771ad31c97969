// SPDX-License-Identifier: MIT
// An operator without a terminal, a network or a server: what is typed is a call, and what is shown is a
// list.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "apps/operator/operator_console.h"
#include "apps/server/server_control.h"
#include "tests/rooms/fake_port.h"

namespace dgram::test {

struct fake_console : app::operator_console {
  explicit fake_console(bool is_terminal) : terminal(is_terminal) {}

  void start(on_line handler) override { line = std::move(handler); }
  void stop() override { stopped = true; }
  void want_lines(bool yes) override { wanted = yes; }
  void show(kind what, std::string_view text) override {
    shown.emplace_back(text);
    kinds.push_back(what);
  }
  void show_target(std::string_view name) override { target = name; }
  bool interactive() const override { return terminal; }

  bool terminal;
  bool wanted = true;
  bool stopped = false;
  std::string target;
  on_line line;
  std::vector<std::string> shown;
  std::vector<kind> kinds;
};

struct fake_control : app::server_control {
  app::server_totals totals() const override { return figures; }
  std::vector<app::peer_figures> peers(std::size_t most) const override {
    return {here.begin(), here.begin() + static_cast<std::ptrdiff_t>(std::min(most, here.size()))};
  }
  std::size_t peer_count() const override { return here.size(); }
  void accept_clients(bool yes) override { accepts = yes; }
  bool accepts_clients() const override { return accepts; }
  void quit() override { ++quits; }

  app::server_totals figures;
  std::vector<app::peer_figures> here;
  bool accepts = true;
  int quits = 0;
};

struct operator_port : fake_port {
  send_status reply(const app::reply_handle& to, std::string_view bytes) override {
    if (reply_status == send_status::accepted) return fake_port::reply(to, bytes);
    return reply_status;
  }
  send_status send(app::client_id to, std::string_view bytes) override {
    if (send_status_now == send_status::accepted) return fake_port::send(to, bytes);
    return send_status_now;
  }
  void disconnect(app::client_id id) override { disconnected.push_back(id.value); }

  send_status reply_status = send_status::accepted;
  send_status send_status_now = send_status::accepted;
  std::vector<std::uint64_t> disconnected;
};

}  // namespace dgram::test
