// SPDX-License-Identifier: MIT
#include "apps/link/server_watch.h"

#include <algorithm>
#include <utility>

#include "apps/link/bound_sockets.h"
#include "udp/net/clock.h"

namespace dgram::app {
namespace {

// A server that serves TCP and UDP opens its ports within far less.
constexpr std::chrono::milliseconds between_looks{10};

}  // namespace

server_watch::server_watch(asio::io_context& context, const tun_pair& pair, std::optional<std::uint16_t> port,
                           duration limit, std::function<void(bool)> on_ready)
    : timer_(context),
      pair_(pair),
      port_(port),
      until_(read_clock() + limit),
      on_ready_(std::move(on_ready)) {
  look();
}

bool server_watch::ready() {
  std::vector<std::uint16_t> now = open_ports_at(pair_, side::server);
  if (port_) return std::binary_search(now.begin(), now.end(), *port_);
  const bool settled = !now.empty() && now == before_;
  before_ = std::move(now);
  return settled;
}

void server_watch::look() {
  timer_.expires_after(between_looks);
  timer_.async_wait([this, alive = alive_.observe()](std::error_code error) {
    if (error || alive.over()) return;
    if (ready()) return on_ready_(true);
    if (read_clock() >= until_) return on_ready_(false);
    look();
  });
}

}  // namespace dgram::app
