// SPDX-License-Identifier: MIT
#include "udp/core/byte_ranges.h"

#include <bitset>

#include "tests/support/catch.h"
#include "udp/core/splitmix64.h"

using namespace dgram;

namespace {
constexpr std::size_t plenty = 1000;
}

TEST_CASE("ranges that touch or overlap become one, and only new bytes count") {
  byte_ranges r;
  CHECK(r.add(10, 20, plenty) == 10U);
  CHECK(r.add(30, 40, plenty) == 10U);
  CHECK(r.count() == 2);
  CHECK(r.add(15, 25, plenty) == 5U);
  CHECK(r.add(12, 18, plenty) == 0U);
  CHECK(r.count() == 2);
  CHECK(r.add(25, 30, plenty) == 5U);
  CHECK(r.count() == 1);
  CHECK(r.add(0, 100, plenty) == 70U);
  CHECK(r.count() == 1);
  CHECK(r.covered() == 100);
}

TEST_CASE("at the limit only what joins other ranges is added") {
  byte_ranges r;
  for (std::uint32_t i = 0; i < 4; ++i) r.add(10 * i, 10 * i + 1, 4);
  CHECK_FALSE(r.add(5, 6, 4));
  CHECK_FALSE(r.add(50, 60, 4));
  CHECK(r.covered() == 4);
  CHECK(r.add(1, 2, 4) == 1U);
  CHECK(r.add(2, 10, 4) == 8U);
  CHECK(r.count() == 3);
  CHECK(r.add(50, 60, 4) == 10U);
}

TEST_CASE("any ranges in any order agree with a set of bits") {
  const std::uint64_t seed = GENERATE(1U, 2U, 3U);
  CAPTURE(seed);
  std::uint64_t random = seed;
  for (int round = 0; round < 200; ++round) {
    byte_ranges r;
    std::bitset<256> bits;
    const std::uint64_t longest = 1 + splitmix64(random) % 40;
    for (int i = 0; i < 100; ++i) {
      const auto begin = static_cast<std::uint32_t>(splitmix64(random) % 255);
      const auto end =
          static_cast<std::uint32_t>(std::min<std::uint64_t>(256, begin + 1 + splitmix64(random) % longest));
      const std::size_t before = bits.count();
      for (std::uint32_t b = begin; b < end; ++b) bits.set(b);
      REQUIRE(r.add(begin, end, plenty) == bits.count() - before);
      std::size_t runs = 0;
      for (std::size_t b = 0; b < 256; ++b) runs += bits[b] && (b == 0 || !bits[b - 1]) ? 1U : 0U;
      REQUIRE(r.count() == runs);
      REQUIRE(r.covered() == bits.count());
    }
  }
}
