// SPDX-License-Identifier: MIT
#include "apps/link/ip_packet.h"

#include <string>
#include <vector>

#include "tests/support/catch.h"

namespace dgram::test {
namespace {

using app::kind_of;
using app::packet_kind;

std::vector<std::byte> ipv4(int protocol, std::size_t size = 28) {
  std::vector<std::byte> p(size);
  p[0] = std::byte{0x45};
  p[2] = std::byte(size >> 8);
  p[3] = std::byte(size & 0xff);
  p[9] = std::byte(protocol);
  return p;
}

std::vector<std::byte> ipv6(int next, int first_of_destination, std::vector<int> payload) {
  std::vector<std::byte> p(40 + payload.size());
  p[0] = std::byte{0x60};
  p[5] = std::byte(payload.size());
  p[6] = std::byte(next);
  p[24] = std::byte(first_of_destination);
  for (std::size_t i = 0; i < payload.size(); ++i) p[40 + i] = std::byte(payload[i]);
  return p;
}

TEST_CASE("TCP, UDP and ICMP of both families are traffic") {
  for (const int protocol : {1, 6, 17, 132}) CHECK(kind_of(ipv4(protocol)) == packet_kind::traffic);
  for (const int next : {6, 17}) CHECK(kind_of(ipv6(next, 0x20, {0, 0})) == packet_kind::traffic);
  CHECK(kind_of(ipv6(58, 0x20, {128, 0})) == packet_kind::traffic);  // echo request
}

TEST_CASE("what kernels say to groups by themselves is chatter") {
  CHECK(kind_of(ipv4(2)) == packet_kind::chatter);                   // IGMP
  CHECK(kind_of(ipv6(58, 0xff, {133, 0})) == packet_kind::chatter);  // router solicitation
  CHECK(kind_of(ipv6(0, 0xff, {58, 0, 5, 2, 0, 0, 1, 0, 143, 0})) == packet_kind::chatter);  // MLDv2
}

TEST_CASE("what people send to groups is traffic") {
  CHECK(kind_of(ipv6(17, 0xff, {0, 0})) == packet_kind::traffic);
  CHECK(kind_of(ipv6(58, 0xff, {128, 0})) == packet_kind::traffic);
  CHECK(kind_of(ipv6(58, 0x20, {136, 0})) == packet_kind::traffic);  // neighbour advertisement to one host
}

TEST_CASE("what is no whole IP packet is unreadable") {
  CHECK(kind_of({}) == packet_kind::unreadable);
  CHECK(kind_of(std::vector<std::byte>(100)) == packet_kind::unreadable);
  auto cut = ipv4(17);
  cut.pop_back();
  CHECK(kind_of(cut) == packet_kind::unreadable);
  auto short_header = ipv4(17);
  short_header[0] = std::byte{0x44};
  CHECK(kind_of(short_header) == packet_kind::unreadable);
  auto long_header = ipv4(17);
  long_header[0] = std::byte{0x4f};
  CHECK(kind_of(long_header) == packet_kind::unreadable);
  auto longer = ipv6(17, 0x20, {0, 0});
  longer.push_back(std::byte{0});
  CHECK(kind_of(longer) == packet_kind::unreadable);
  // A hop-by-hop header that reaches beyond the packet is nothing to trip over.
  CHECK(kind_of(ipv6(0, 0xff, {58, 255})) == packet_kind::traffic);
}

}  // namespace
}  // namespace dgram::test
