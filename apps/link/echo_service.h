// SPDX-License-Identifier: MIT
// What answers at the server's end when there is no server command: every message comes back, over UDP and
// TCP, to our own clients and to plain ones.
#pragma once

#include <cstdint>

#include <asio/io_context.hpp>

#include "apps/link/tun_pair.h"
#include "apps/server/server.h"
#include "apps/server/server_log.h"

namespace dgram::app {

class echo_service {
 public:
  static constexpr std::uint16_t port = 9000;
  static constexpr std::uint16_t echo_port = 7;  // RFC 862

  // Listening on both ports when it returns. Throws start_up_error.
  echo_service(asio::io_context&, const tun_pair&);

 private:
  server_log log_{false, true};
  server server_;
};

}  // namespace dgram::app
