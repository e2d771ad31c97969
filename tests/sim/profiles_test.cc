// SPDX-License-Identifier: MIT
#include "udp/sim/profiles.h"

#include "tests/support/catch.h"

using namespace dgram::sim;
using namespace std::chrono_literals;

TEST_CASE("the profiles that people ask for are there and name their source", "[profiles]") {
  for (const char* name : {"wifi", "3g", "lte", "satellite", "dsl"}) {
    const profile* p = find_profile(name);
    REQUIRE(p != nullptr);
    CHECK(p->name == name);
    CHECK(p->source.size() > 20);
    CHECK(up_link(*p).rate > 1000);
    CHECK(down_link(*p).rate >= up_link(*p).rate);
    CHECK(up_link(*p).delay > 0ms);
  }
  CHECK(profiles().size() == 5);
  CHECK(find_profile("5g") == nullptr);
  CHECK(find_profile("") == nullptr);
}

TEST_CASE("a profile is its link each way", "[profiles]") {
  const profile* p = find_profile("satellite");
  REQUIRE(p != nullptr);
  CHECK(up_link(*p).rate == 250'000);
  CHECK(down_link(*p).rate == 2'500'000);
  CHECK(up_link(*p).delay + down_link(*p).delay == 600ms);
}

TEST_CASE("the delay of a profile is half its round trip each way", "[profiles]") {
  for (const profile& p : profiles()) {
    CAPTURE(p.name);
    CHECK(p.up_delay == p.down_delay);
    CHECK(up_link(p).delay == p.up_delay);
    CHECK(down_link(p).delay == p.down_delay);
    CHECK(up_link(p).loss == 0);
  }
}
