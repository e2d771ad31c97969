// SPDX-License-Identifier: MIT
#include "apps/compare/port_change.h"

#include <array>
#include <cstdint>
#include <vector>

#include "tests/support/catch.h"

using dgram::app::compare::change_port;

namespace {

using bytes = std::vector<std::byte>;

// A 28-byte header and "hello": 198.18.0.1:40000 to 198.18.0.2:9000.
bytes udp_packet(std::uint16_t checksum) {
  bytes p(33);
  const std::array<int, 28> head{
      0x45, 0, 0,   33, 0, 0, 0x40, 0,    64,   17,   0, 0,  198,           18,
      0,    1, 198, 18, 0, 2, 0x9c, 0x40, 0x23, 0x28, 0, 13, checksum >> 8, checksum & 0xff};
  for (std::size_t i = 0; i < head.size(); ++i) p[i] = static_cast<std::byte>(head[i]);
  for (std::size_t i = 0; i < 5; ++i) p[28 + i] = static_cast<std::byte>("hello"[i]);
  return p;
}

std::uint32_t word(const bytes& p, std::size_t at) {
  return static_cast<std::uint32_t>(p[at]) << 8 |
         (at + 1 < p.size() ? static_cast<std::uint32_t>(p[at + 1]) : 0);
}

// RFC 768: over the pseudo header, the header and the data; 0 when it is right.
std::uint32_t verified(const bytes& p) {
  std::uint32_t sum = 17 + static_cast<std::uint32_t>(p.size() - 20);
  for (std::size_t at = 12; at < p.size(); at += 2) sum += word(p, at);
  while (sum >> 16) sum = (sum & 0xffff) + (sum >> 16);
  return ~sum & 0xffff;
}

bytes valid() {
  bytes p = udp_packet(0);
  const std::uint32_t sum = verified(p);
  return udp_packet(static_cast<std::uint16_t>(sum));
}

}  // namespace

TEST_CASE("A changed port is its neighbour and the checksum stays right") {
  bytes p = valid();
  REQUIRE(verified(p) == 0);
  change_port(p, true);
  CHECK(word(p, 20) == 40001);
  CHECK(word(p, 22) == 9000);
  CHECK(verified(p) == 0);
  change_port(p, false);
  CHECK(word(p, 22) == 9001);
  CHECK(verified(p) == 0);
  change_port(p, true);
  change_port(p, false);
  CHECK(p == valid());
}

TEST_CASE("A datagram without a checksum gets none") {
  bytes p = udp_packet(0);
  change_port(p, true);
  CHECK(word(p, 20) == 40001);
  CHECK(word(p, 26) == 0);
}

TEST_CASE("What has no port of its own stays as it is") {
  const auto unchanged = [](bytes p) {
    const bytes before = p;
    change_port(p, true);
    return p == before;
  };
  bytes icmp = valid(), later_fragment = valid(), ipv6 = valid(), cut = valid();
  icmp[9] = std::byte{1};
  later_fragment[7] = std::byte{4};
  ipv6[0] = std::byte{0x60};
  cut.resize(26);
  CHECK(unchanged(icmp));
  CHECK(unchanged(later_fragment));
  CHECK(unchanged(ipv6));
  CHECK(unchanged(cut));
  CHECK(unchanged({}));
}
