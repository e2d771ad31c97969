// SPDX-License-Identifier: MIT
#include "udp/core/bit_ring.h"

#include <set>

#include "tests/support/catch.h"
#include "udp/core/message_window.h"
#include "udp/core/splitmix64.h"

using namespace dgram;

TEST_CASE("a ring of bits agrees with a set of all numbers, however they jump") {
  std::uint64_t random = 9;
  bit_ring<128> ring;
  std::set<std::uint64_t> all;
  std::uint64_t around = 0;
  for (int i = 0; i < 20000; ++i) {
    const unsigned reach = 1U << splitmix64(random) % 9;
    around += splitmix64(random) % reach;
    const std::uint64_t back = splitmix64(random) % 128;
    const std::uint64_t n = around > back ? around - back : around;
    if (ring.below(n)) continue;
    const bool seen = n < ring.end() && ring.has(n);
    REQUIRE(seen == all.contains(n));
    ring.set(n);
    all.insert(n);
    REQUIRE(ring.end() == *all.rbegin() + 1);
  }
}

TEST_CASE("what is a whole window below the newest counts as seen") {
  message_window window;
  CHECK(window.first_time({0}));
  CHECK(window.first_time({message_window::size}));
  CHECK_FALSE(window.first_time({0}));
  CHECK(window.first_time({1}));  // the last one inside
  CHECK(window.first_time({message_window::size + 1}));
  CHECK_FALSE(window.first_time({1}));
  CHECK(window.seen({1}));
  CHECK_FALSE(window.seen({message_window::size + 2}));
}

TEST_CASE("an id is new once, in any order, and after a jump") {
  message_window window;
  for (const std::uint64_t id : {5U, 3U, 4U, 0U, 4000U, 30000U, 29999U}) {
    CHECK(window.first_time({id}));
    CHECK_FALSE(window.first_time({id}));
  }
  CHECK_FALSE(window.first_time({4001}));  // far below by now
}

TEST_CASE("truncated ids are restored around the newest one seen") {
  message_window window;
  CHECK(window.restore(0) == message_id{0});
  for (std::uint64_t id = 0; id < 70000; id += 4000) window.first_time({id});
  CHECK(window.restore(68001 & 0xffff) == message_id{68001});
  CHECK(window.restore(65000) == message_id{65000});
}
