// SPDX-License-Identifier: MIT
#include "udp/core/ordering.h"

#include "tests/support/catch.h"

using namespace dgram;

namespace {
using verdict = ordering::verdict;
constexpr channel_id here{0}, there{200};
}  // namespace

TEST_CASE("the next ordered message of a channel is delivered, a later one held") {
  ordering o;
  CHECK(o.place(here, {0}) == verdict::deliver);
  CHECK(o.place(here, {1}) == verdict::hold);
  CHECK(o.place(there, {0}) == verdict::deliver);
  o.delivered(here);
  CHECK(o.place(here, {1}) == verdict::deliver);
  CHECK(o.place(here, {0}) == verdict::out_of_range);
  CHECK(o.place(there, {0}) == verdict::deliver);
}

TEST_CASE("an order further ahead than any sender would be is out of range") {
  ordering o;
  CHECK(o.place(here, {ordering::reach - 1}) == verdict::hold);
  CHECK(o.place(here, {ordering::reach}) == verdict::out_of_range);
}

TEST_CASE("held messages are released one by one as their turn comes") {
  ordering o;
  o.hold(here, {2}, {{12}, false, false, {}});
  o.hold(here, {1}, {{11}, true, false, {std::byte{1}}});
  o.hold(there, {1}, {{13}, false, false, {}});
  CHECK_FALSE(o.release(here));
  o.delivered(here);
  const auto first = o.release(here);
  REQUIRE(first);
  CHECK(first->id == message_id{11});
  CHECK(first->wants_reply);
  CHECK(o.release(here)->id == message_id{12});
  CHECK_FALSE(o.release(here));
  CHECK_FALSE(o.release(there));
}

TEST_CASE("what is held costs its bytes and its bookkeeping, and a place is taken once") {
  ordering o;
  CHECK(o.hold(here, {1}, {{1}, false, false, std::vector<std::byte>(100)}));
  CHECK(o.held_bytes() == 228);
  CHECK_FALSE(o.hold(here, {1}, {{2}, false, false, std::vector<std::byte>(100)}));
  CHECK(o.held_bytes() == 228);
  o.delivered(here);
  o.release(here);
  CHECK(o.held_bytes() == 0);
}

TEST_CASE("a sequenced message is newer than all before it, or stale, in its channel") {
  ordering o;
  CHECK(o.newest(here, {5}));
  CHECK_FALSE(o.newest(here, {4}));
  CHECK_FALSE(o.newest(here, {5}));
  CHECK(o.newest(there, {4}));
  CHECK(o.newest(here, {6}));
}

TEST_CASE("truncated orders are restored around the one expected") {
  ordering o;
  for (int i = 0; i < 65530; ++i) o.delivered(here);
  CHECK(o.restore(here, 3) == order_number{65539});
  CHECK(o.restore(here, 65529) == order_number{65529});
  CHECK(o.restore(there, 3) == order_number{3});
}
