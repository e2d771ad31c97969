// SPDX-License-Identifier: MIT
#include "udp/net/address_text.h"

#include <algorithm>

#include "udp/net/socket_address.h"

namespace dgram {

namespace {

constexpr std::array<std::uint8_t, 12> mapped_prefix{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

}  // namespace

std::string host_of(const address& a) {
  return to_asio_ip(a, family_of(a)).to_string();
}

std::string to_string(const address& a) {
  const std::string port = std::to_string(a.port);
  return is_ipv4(a) ? host_of(a) + ":" + port : "[" + host_of(a) + "]:" + port;
}

address ipv4_address(std::uint8_t a, std::uint8_t b, std::uint8_t c, std::uint8_t d, std::uint16_t port) {
  address made;
  std::copy(mapped_prefix.begin(), mapped_prefix.end(), made.ip.begin());
  made.ip[12] = a;
  made.ip[13] = b;
  made.ip[14] = c;
  made.ip[15] = d;
  made.port = port;
  return made;
}

address ipv4_wildcard(std::uint16_t port) {
  return ipv4_address(0, 0, 0, 0, port);
}
address ipv4_loopback(std::uint16_t port) {
  return ipv4_address(127, 0, 0, 1, port);
}

address ipv6_wildcard(std::uint16_t port) {
  address made;
  made.port = port;
  return made;
}

address ipv6_loopback(std::uint16_t port) {
  address made = ipv6_wildcard(port);
  made.ip[15] = 1;
  return made;
}

bool is_ipv4(const address& a) {
  return std::equal(mapped_prefix.begin(), mapped_prefix.end(), a.ip.begin());
}

bool is_loopback(const address& a) {
  return is_ipv4(a) ? a.ip[12] == 127 : a.ip == ipv6_loopback(0).ip;
}

bool is_wildcard(const address& a) {
  return a.ip == ipv4_wildcard(0).ip || a.ip == ipv6_wildcard(0).ip;
}

bool is_multicast(const address& a) {
  if (!is_ipv4(a)) return a.ip[0] == 0xff;
  return (a.ip[12] >= 224 && a.ip[12] < 240) || a.ip == ipv4_address(255, 255, 255, 255, 0).ip;
}

}  // namespace dgram
