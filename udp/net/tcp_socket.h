// SPDX-License-Identifier: MIT
// What every TCP socket of ours is set to, and how it is left.
#pragma once

#include <string>
#include <system_error>

#include <asio/ip/tcp.hpp>

#include "udp/net/tcp_options.h"

namespace dgram {

// Non-blocking, TCP_NODELAY and congestion control as the options say, keep-alive probes on: a peer whose
// machine vanished while it was owed a reply is found out in the end.
std::error_code prepare(asio::ip::tcp::socket&, const tcp_options&);
// Closes without destroying what was just written: a close with unread bytes resets the connection, and the
// peer's system then drops what it has not handed over.
void hang_up(asio::ip::tcp::socket&);
// TCP_CONGESTION of any TCP socket; nothing for an empty name.
std::error_code set_congestion_control(int descriptor, const std::string& name);

}  // namespace dgram
