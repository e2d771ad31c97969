// SPDX-License-Identifier: MIT
#include "apps/relay/ip_frame.h"

#include <cstdint>

#include "tests/support/catch.h"
#include "udp/net/address_text.h"
#include "udp/net/text.h"

using namespace dgram;
using namespace dgram::app;

namespace {

// RFC 1071: with the checksum in it, the sum of all words is all ones.
std::uint32_t folded(std::span<const std::byte> bytes, std::uint32_t sum = 0) {
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    sum += std::to_integer<std::uint32_t>(bytes[i]) << (i % 2 == 0 ? 8 : 0);
  }
  while (sum >> 16 != 0) sum = (sum & 0xffff) + (sum >> 16);
  return sum;
}

std::vector<std::byte> frame(const address& from, const address& to, std::string_view text) {
  std::vector<std::byte> packet;
  write_ip_frame(from, to, bytes_of(text), packet);
  return packet;
}

}  // namespace

TEST_CASE("an IPv4 frame is a packet that every checksum fits") {
  for (const char* text : {"", "odd", "even"}) {
    const auto packet = frame(ipv4_address(10, 0, 0, 1, 1234), ipv4_address(10, 0, 0, 2, 53), text);
    const std::span<const std::byte> all = packet;
    const std::size_t udp_length = 8 + std::string_view(text).size();
    REQUIRE(packet.size() == 20 + udp_length);
    CHECK(packet[0] == std::byte{0x45});
    CHECK(packet[9] == std::byte{17});
    CHECK(packet[12] == std::byte{10});
    CHECK(folded(all.first(20)) == 0xffff);
    const auto pseudo = static_cast<std::uint32_t>(17 + udp_length);
    CHECK(folded(all.subspan(12), pseudo) == 0xffff);
    CHECK(packet[20] == std::byte{1234 >> 8});
    CHECK(packet[23] == std::byte{53});
  }
}

TEST_CASE("an IPv6 frame is a packet that its checksum fits") {
  const auto packet = frame(ipv6_loopback(1), ipv6_loopback(2), "hello");
  const std::span<const std::byte> all = packet;
  REQUIRE(packet.size() == 40 + 8 + 5);
  CHECK(packet[0] == std::byte{0x60});
  CHECK(packet[5] == std::byte{13});
  CHECK(packet[6] == std::byte{17});
  CHECK(folded(all.subspan(8), 17 + 13) == 0xffff);
}
