// SPDX-License-Identifier: MIT
#include "apps/link/ip_packet.h"

#include <string>
#include <vector>

#include "tests/support/catch.h"

namespace dgram::test {
namespace {

using app::is_ecn_capable;
using app::kind_of;
using app::mark_congestion;
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

// RFC 1071: 0 when it is right.
unsigned header_checksum(const std::vector<std::byte>& p) {
  unsigned sum = 0;
  for (std::size_t i = 0; i < 20; i += 2) {
    sum += std::to_integer<unsigned>(p[i]) << 8 | std::to_integer<unsigned>(p[i + 1]);
  }
  while (sum > 0xffff) sum = (sum >> 16) + (sum & 0xffff);
  return ~sum & 0xffff;
}

TEST_CASE("packets of either family say whether they are capable of congestion marks") {
  for (const int tos : {0, 1, 2, 3, 0xb8, 0xb9, 0xfc, 0xff}) {
    CAPTURE(tos);
    auto four = ipv4(17);
    four[1] = std::byte(tos);
    CHECK(is_ecn_capable(four) == ((tos & 3) != 0));
    auto six = ipv6(17, 0x20, {0, 0});
    six[0] = std::byte(0x60 | tos >> 4);
    six[1] = std::byte((tos & 15) << 4 | 5);  // and the upper bits of a flow label
    CHECK(is_ecn_capable(six) == ((tos & 3) != 0));
    mark_congestion(six);
    CHECK(six[0] == std::byte(0x60 | tos >> 4));
    CHECK(six[1] == std::byte((tos & 15) << 4 | 0x35));
  }
}

TEST_CASE("a mark keeps IPv4's checksum as right or as wrong as it was") {
  for (unsigned id = 0; id < 0x10000; id += 7) {
    auto p = ipv4(17);
    p[1] = std::byte(id % 3 + 1);
    p[4] = std::byte(id >> 8);
    p[5] = std::byte(id & 0xff);
    const unsigned sum = header_checksum(p);
    p[10] = std::byte(sum >> 8);
    p[11] = std::byte(sum & 0xff);
    REQUIRE(header_checksum(p) == 0);
    auto wrong = p;
    wrong[8] ^= std::byte{1};
    mark_congestion(p);
    mark_congestion(wrong);
    REQUIRE((p[1] & std::byte{3}) == std::byte{3});
    REQUIRE(header_checksum(p) == 0);
    REQUIRE(header_checksum(wrong) != 0);
  }
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
