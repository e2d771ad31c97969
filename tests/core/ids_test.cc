// SPDX-License-Identifier: MIT
#include "udp/core/ids.h"

#include <limits>
#include <unordered_set>

#include "tests/support/catch.h"
#include "udp/core/splitmix64.h"

using namespace dgram;

namespace {
constexpr std::uint64_t highest = std::numeric_limits<std::uint64_t>::max();
}

TEST_CASE("a truncated number becomes the nearest whole one, as in RFC 9000 appendix A.3") {
  // "if the highest successfully authenticated packet had a packet number of 0xa82f30ea, then a packet
  // containing a 16-bit value of 0x9b32 will be decoded as 0xa82f9b32"
  CHECK(unwrap<16>(0x9b32, 0xa82f30eb) == 0xa82f9b32);
}

TEST_CASE("a truncated number may lie behind the expected one or in the next span") {
  CHECK(unwrap<16>(0xfffe, 0x20001) == 0x1fffe);
  CHECK(unwrap<16>(0x0001, 0x1ffff) == 0x20001);
  CHECK(unwrap<24>(0x000000, 0xffffff) == 0x1000000);
}

TEST_CASE("near zero a truncated number never goes below zero") {
  CHECK(unwrap<16>(0, 0) == 0);
  CHECK(unwrap<16>(0xffff, 0) == 0xffff);
  CHECK(unwrap<16>(0xffff, 5) == 0xffff);
  CHECK(unwrap<16>(5, 0xfffe) == 0x10005);
}

TEST_CASE("near the top a truncated number never wraps around") {
  CHECK(unwrap<16>(0xffff, highest) == highest);
  CHECK(unwrap<16>(0x0000, highest) == highest - 0xffff);
  CHECK(unwrap<16>(0x0001, highest - 1) == highest - 0xfffe);
}

TEST_CASE("whatever is within half a span of the expected number is restored exactly") {
  std::uint64_t random = 3;
  for (int i = 0; i < 10000; ++i) {
    const std::uint64_t expected = splitmix64(random) >> (splitmix64(random) % 40);
    const std::uint64_t distance = splitmix64(random) % 0x8000;
    if (expected < distance || expected > highest - 0x10000 - distance) continue;
    for (const std::uint64_t n : {expected + distance, expected - distance}) {
      REQUIRE(unwrap<16>(n & 0xffff, expected) == n);
    }
  }
}

TEST_CASE("numbers of one kind compare, count and hash") {
  packet_number n{7};
  CHECK(++n == packet_number{8});
  CHECK(packet_number{1} < packet_number{2});
  const std::unordered_set<message_id> ids{{1}, {2}, {1}};
  CHECK(ids.size() == 2);
}
