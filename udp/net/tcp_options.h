// SPDX-License-Identifier: MIT
// Every tunable of TCP endpoints: unit, default, and why.
#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "udp/core/address.h"
#include "udp/core/stream_options.h"
#include "udp/core/time.h"
#include "udp/net/message_endpoint.h"

namespace dgram {

struct tcp_options {
  // Where to accept connections; port 0 picks one. The IPv6 wildcard takes IPv4 as well. Nothing: only
  // connections that are made from here.
  std::optional<address> listen;
  stream_options stream;
  endpoint_limits limits;

  // Accepted peers at most; beyond it a connection is accepted and closed at once.
  std::size_t max_peers = 1024;
  // Whether peers that speak no protocol of ours are served from any address, not from loopback only.
  bool plain_from_anywhere = false;

  // TCP_NODELAY: a small message leaves at once, not when the one before was acknowledged.
  bool no_delay = true;
  // TCP_CONGESTION, such as "cubic" or "bbr"; empty: the system's choice. Linux only.
  std::string congestion_control;

  // After a connection failed, the next attempt waits this long, twice as long each time, up to the longest.
  // Only made while messages wait.
  duration first_retry = std::chrono::milliseconds(250);
  duration longest_retry = std::chrono::seconds(2);
  // An attempt that was neither taken nor refused is given up, and made anew, after this long.
  duration connect_timeout = std::chrono::seconds(5);
  // How long nothing is accepted after the process ran out of descriptors.
  duration accept_pause = std::chrono::milliseconds(100);
};

}  // namespace dgram
