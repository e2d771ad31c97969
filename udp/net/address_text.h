// SPDX-License-Identifier: MIT
// Addresses as people write them, and what can be said of an address by looking at it. Asks no system.
#pragma once

#include <cstdint>
#include <string>

#include "udp/core/address.h"

namespace dgram {

// "127.0.0.1:9000", "[::1]:9000", "[fe80::1%2]:9000".
std::string to_string(const address&);
// The same without the port: "127.0.0.1", "::1".
std::string host_of(const address&);

address ipv4_address(std::uint8_t a, std::uint8_t b, std::uint8_t c, std::uint8_t d, std::uint16_t port);
address ipv4_wildcard(std::uint16_t port);
address ipv4_loopback(std::uint16_t port);
address ipv6_wildcard(std::uint16_t port);  // bound to it, a socket serves IPv4 as well
address ipv6_loopback(std::uint16_t port);

bool is_ipv4(const address&);
bool is_loopback(const address&);   // 127.0.0.0/8 and ::1
bool is_wildcard(const address&);   // 0.0.0.0 and ::
bool is_multicast(const address&);  // multicast, and the IPv4 broadcast address

}  // namespace dgram
