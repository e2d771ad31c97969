// SPDX-License-Identifier: MIT
// server as server_control: its figures, and what is asked of it as a whole.
#include <algorithm>
#include <utility>

#include <asio/post.hpp>

#include "apps/server/server.h"
#include "udp/net/address_text.h"

namespace dgram::app {

server_totals server::totals() const {
  server_totals totals;
  totals.peers = peers_;
  totals.messages = messages_;
  totals.answered = answered_;
  totals.unsent = unsent_;
  totals.lost = lost_;
  totals.running = time_point::clock::now() - started_;
  for (const auto& one : listeners_) {
    const statistics counted = one->endpoint->total();
    const bool udp = one->transport == "UDP";
    totals.statistics += counted;
    (udp ? totals.over_udp : totals.over_tcp) += counted;
    (udp ? totals.udp : totals.tcp) = true;
  }
  return totals;
}

std::vector<peer_figures> server::peers(std::size_t most) const {
  std::vector<std::pair<std::uint64_t, const client*>> here;
  here.reserve(clients_.size());
  for (const auto& [number, its] : clients_) here.emplace_back(number, &its);
  std::sort(here.begin(), here.end());
  here.resize(std::min(most, here.size()));
  std::vector<peer_figures> figures(here.size());
  std::transform(here.begin(), here.end(), figures.begin(),
                 [this](const auto& one) { return figures_of(one.first, *one.second); });
  return figures;
}

peer_figures server::figures_of(std::uint64_t number, const client& its) const {
  peer_figures one;
  one.number = number;
  one.transport = its.on->transport;
  if (const auto remote = its.on->endpoint->remote_of(its.peer)) one.address = to_string(*remote);
  one.name = service_->name_of({number});
  one.plain = its.plain;
  one.messages = its.messages;
  one.here = now() - its.came;
  one.idle = now() - its.heard;
  one.statistics = its.on->endpoint->of(its.peer).value_or(statistics{});
  return one;
}

void server::accept_clients(bool accept) {
  accepts_clients_ = accept;
  for (const auto& one : listeners_) one->endpoint->accept_sessions(accept);
}

void server::quit() {
  if (listeners_.empty()) return;
  asio::post(listeners_.front()->endpoint->get_executor(), [this] {
    if (!closed_) callbacks_.on_quit();
  });
}

}  // namespace dgram::app
