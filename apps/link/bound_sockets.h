// SPDX-License-Identifier: MIT
// Which sockets of a namespace are ready to be talked to: how one sees that a server, whatever it is, has
// come up. Linux only: /proc/net.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "apps/link/tun_pair.h"

namespace dgram::app {

// Ports in a table as /proc/net/tcp or /proc/net/udp has it: listening TCP sockets, and bound UDP sockets
// that are not connected.
std::vector<std::uint16_t> open_ports(std::string_view table, bool tcp);
// Of all four tables at that end, ascending; a port that is open twice is there twice.
std::vector<std::uint16_t> open_ports_at(const tun_pair&, side);

}  // namespace dgram::app
