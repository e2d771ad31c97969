// SPDX-License-Identifier: MIT
// Between dgram::address and the endpoints of asio. IPv4 is IPv4-mapped on our side, whichever socket it came
// from; towards a socket it takes the form that the socket's family needs.
#pragma once

#include <asio/ip/tcp.hpp>
#include <asio/ip/udp.hpp>

#include "udp/core/address.h"

namespace dgram {

enum class socket_family : std::uint8_t { ipv4, ipv6 };

asio::ip::address to_asio_ip(const address&, socket_family);
address to_address(const asio::ip::address&, std::uint16_t port);

inline address to_address(const asio::ip::udp::endpoint& e) {
  return to_address(e.address(), e.port());
}
inline address to_address(const asio::ip::tcp::endpoint& e) {
  return to_address(e.address(), e.port());
}

// IPv4 and the IPv4 wildcard need an IPv4 socket; everything else, :: included, an IPv6 one.
socket_family family_of(const address&);

inline asio::ip::udp::endpoint to_udp_endpoint(const address& a, socket_family f) {
  return {to_asio_ip(a, f), a.port};
}
inline asio::ip::udp::endpoint to_udp_endpoint(const address& a) {
  return to_udp_endpoint(a, family_of(a));
}
inline asio::ip::tcp::endpoint to_tcp_endpoint(const address& a) {
  return {to_asio_ip(a, family_of(a)), a.port};
}

}  // namespace dgram
