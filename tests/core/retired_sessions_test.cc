// SPDX-License-Identifier: MIT
#include "udp/core/retired_sessions.h"

#include "tests/support/catch.h"

using namespace dgram;
using namespace std::chrono_literals;

namespace {
constexpr time_point start{1h};
}

TEST_CASE("an ended session is remembered with the moment it was last heard") {
  retired_sessions retired(10, start, 1);
  CHECK_FALSE(retired.last_heard({5}));
  retired.retire({5}, start + 1s);
  CHECK(retired.last_heard({5}) == start + 1s);
  retired.retire({5}, start + 2s);  // it ended once
  CHECK(retired.last_heard({5}) == start + 1s);
}

TEST_CASE("while nothing was forgotten the memory begins with the incarnation") {
  retired_sessions retired(2, start, 1);
  retired.retire({1}, start + 1s);
  retired.retire({2}, start + 2s);
  CHECK_FALSE(retired.forgot());
  CHECK(retired.memory_begins() == start);
}

TEST_CASE("beyond the limit the session that ended first is forgotten, and the memory begins later") {
  retired_sessions retired(2, start, 1);
  retired.retire({1}, start + 9s);
  retired.retire({2}, start + 1s);
  retired.retire({3}, start + 3s);
  CHECK(retired.forgot());
  CHECK_FALSE(retired.last_heard({1}));
  CHECK(retired.memory_begins() == start + 9s);
  retired.retire({4}, start + 4s);
  CHECK_FALSE(retired.last_heard({2}));
  CHECK(retired.memory_begins() == start + 9s);  // never goes back
  CHECK(retired.last_heard({3}));
}

TEST_CASE("ids that agree modulo any table size are found as fast as others") {
  // With the identity as hash these would share one bucket: 65,536 * 65,536 / 2 steps, minutes.
  constexpr std::uint64_t sizes = 62233ULL * 126271ULL * 30727ULL;  // libstdc++'s bucket counts around there
  retired_sessions retired(65536, start, 0x1234);
  for (std::uint64_t i = 0; i < 65536; ++i) retired.retire({i * sizes}, start);
  std::size_t found = 0;
  for (std::uint64_t i = 0; i < 65536; ++i) found += retired.last_heard({i * sizes}) ? 1U : 0U;
  CHECK(found == 65536);
}
