// SPDX-License-Identifier: MIT
#include <asio/ip/tcp.hpp>

#include "tests/support/catch.h"
#include "udp/net/address_text.h"
#include "udp/net/resolve.h"
#include "udp/net/socket_address.h"

using namespace dgram;

TEST_CASE("Addresses are written as people write them") {
  CHECK(to_string(ipv4_loopback(9000)) == "127.0.0.1:9000");
  CHECK(to_string(ipv6_loopback(9000)) == "[::1]:9000");
  CHECK(to_string(ipv6_wildcard(1)) == "[::]:1");
  CHECK(host_of(ipv4_address(192, 0, 2, 1, 5)) == "192.0.2.1");
}

TEST_CASE("An address survives the way through asio, IPv4 in both its forms") {
  address link_local{.ip = {0xfe, 0x80}, .scope = 7, .port = 5};
  link_local.ip[15] = 1;
  for (const auto& a : {ipv4_address(192, 0, 2, 1, 65535), ipv6_loopback(0), link_local}) {
    CHECK(to_address(to_udp_endpoint(a)) == a);
    CHECK(to_address(to_tcp_endpoint(a)) == a);
    CHECK(to_address(to_udp_endpoint(a, socket_family::ipv6)) == a);
  }
}

TEST_CASE("Loopback, wildcard and multicast are told apart by family") {
  CHECK(is_loopback(ipv4_address(127, 9, 9, 9, 0)));
  CHECK(is_loopback(ipv6_loopback(0)));
  CHECK_FALSE(is_loopback(ipv6_wildcard(0)));
  CHECK(is_wildcard(ipv4_wildcard(0)));
  CHECK(is_wildcard(ipv6_wildcard(0)));
  CHECK(is_multicast(ipv4_address(239, 1, 1, 1, 0)));
  CHECK(is_multicast(ipv4_address(255, 255, 255, 255, 0)));
  CHECK_FALSE(is_multicast(ipv4_address(192, 0, 2, 1, 0)));
}

TEST_CASE("Numeric hosts resolve to themselves, of the family that was asked for") {
  std::error_code error;
  CHECK(resolve("192.0.2.1", 9) == std::vector{ipv4_address(192, 0, 2, 1, 9)});
  CHECK(resolve("::1", 9, address_family::ipv6, error) == std::vector{ipv6_loopback(9)});
  CHECK_FALSE(error);
  CHECK(resolve("::1", 9, address_family::ipv4, error).empty());
  CHECK(error);
}

TEST_CASE("A host that does not resolve is named in the error") {
  CHECK_THROWS_WITH(resolve("no such host", 1), ContainsSubstring("cannot resolve 'no such host'"));
  CHECK_THROWS_WITH(resolve("", 1), ContainsSubstring("cannot resolve ''"));
}
