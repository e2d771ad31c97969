// SPDX-License-Identifier: MIT
// Waits until a server that one knows nothing of can be talked to.
#pragma once

#include <functional>
#include <optional>

#include <asio/io_context.hpp>
#include <asio/steady_timer.hpp>

#include "apps/link/tun_pair.h"
#include "udp/core/time.h"
#include "udp/net/lifetime.h"

namespace dgram::app {

class server_watch {
 public:
  // `on_ready` is called once: with true when `port` is open at the server's end (without one: when some port
  // is, and no further one has been opened for a moment), with false after `limit`.
  server_watch(asio::io_context&, const tun_pair&, std::optional<std::uint16_t> port, duration limit,
               std::function<void(bool)> on_ready);

  void stop() { timer_.cancel(); }

 private:
  bool ready();
  void look();

  asio::steady_timer timer_;
  const tun_pair& pair_;
  std::optional<std::uint16_t> port_;
  time_point until_;
  std::vector<std::uint16_t> before_;
  std::function<void(bool)> on_ready_;
  lifetime alive_;
};

}  // namespace dgram::app
