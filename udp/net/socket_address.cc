// SPDX-License-Identifier: MIT
#include "udp/net/socket_address.h"

#include <algorithm>

#include "udp/net/address_text.h"

namespace dgram {

socket_family family_of(const address& a) {
  return is_ipv4(a) ? socket_family::ipv4 : socket_family::ipv6;
}

asio::ip::address to_asio_ip(const address& a, socket_family family) {
  if (family == socket_family::ipv4) {
    asio::ip::address_v4::bytes_type bytes{};
    std::copy(a.ip.begin() + 12, a.ip.end(), bytes.begin());
    return asio::ip::address_v4(bytes);
  }
  asio::ip::address_v6::bytes_type bytes{};
  std::copy(a.ip.begin(), a.ip.end(), bytes.begin());
  return asio::ip::address_v6(bytes, a.scope);
}

address to_address(const asio::ip::address& ip, std::uint16_t port) {
  if (ip.is_v4()) {
    const auto b = ip.to_v4().to_bytes();
    return ipv4_address(b[0], b[1], b[2], b[3], port);
  }
  address made;
  const auto bytes = ip.to_v6().to_bytes();
  std::copy(bytes.begin(), bytes.end(), made.ip.begin());
  made.scope = static_cast<std::uint32_t>(ip.to_v6().scope_id());
  made.port = port;
  return made;
}

}  // namespace dgram
