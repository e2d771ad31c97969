// SPDX-License-Identifier: MIT
#include "udp/core/reply_ledger.h"

#include <map>

#include "tests/support/catch.h"
#include "udp/core/splitmix64.h"

using namespace dgram;
using namespace std::chrono_literals;

namespace {
constexpr time_point start{1h};
}

TEST_CASE("a request may be answered once, after it was taken") {
  reply_ledger ledger;
  CHECK_FALSE(ledger.may_answer({7}));
  ledger.taken({7}, start);
  CHECK(ledger.may_answer({7}));
  CHECK_FALSE(ledger.reply_to({7}));
  ledger.answered({7}, {100});
  CHECK_FALSE(ledger.may_answer({7}));
  CHECK(ledger.reply_to({7})->value == 100);
}

TEST_CASE("a settled request is neither answered nor repeated") {
  reply_ledger ledger;
  ledger.taken({1}, start);
  ledger.answered({1}, {5});
  ledger.taken({2}, start);
  ledger.settled({1});
  ledger.settled({1});
  CHECK(ledger.unsettled() == 1);
  CHECK_FALSE(ledger.reply_to({1}));
  CHECK_FALSE(ledger.may_answer({1}));
  ledger.settled({99});
  CHECK(ledger.unsettled() == 1);
}

TEST_CASE("requests that nobody answers make room, but only at the limit and after their patience") {
  reply_ledger ledger;
  for (std::uint64_t id = 0; id < reply_ledger::limit; ++id) ledger.taken({id}, start + 1ms * id);
  ledger.answered({0}, {77});
  const time_point later = start + reply_ledger::patience;
  CHECK(ledger.has_room(0, later + 1h));
  CHECK(ledger.may_answer({1}));
  CHECK_FALSE(ledger.has_room(1, later));
  CHECK(ledger.has_room(1, later + 1ms));
  CHECK_FALSE(ledger.may_answer({1}));
  CHECK(ledger.may_answer({2}));
  CHECK(ledger.reply_to({0})->value == 77);  // on its way: it ends by its own deadline
}

TEST_CASE("a request is found however many newer ones came and went before its reply") {
  reply_ledger ledger;
  ledger.taken({5}, start);
  for (std::uint64_t id = 6; id < 100000; id += 3) {
    ledger.taken({id}, start);
    ledger.answered({id}, {1});
    ledger.settled({id});
  }
  ledger.taken({4}, start);  // a large one, which began before and is complete only now
  CHECK(ledger.unsettled() == 2);
  CHECK(ledger.may_answer({5}));
  CHECK(ledger.may_answer({4}));
  CHECK_FALSE(ledger.may_answer({6}));
  CHECK_FALSE(ledger.may_answer({7}));
}

TEST_CASE("any history agrees with a map, whatever the order of ids") {
  std::uint64_t random = 21;
  reply_ledger ledger;
  std::map<std::uint64_t, std::uint32_t> open;  // reply by request, 0 for none
  for (std::uint32_t i = 1; i < 20000; ++i) {
    const std::uint64_t id = 1 + (i ^ (splitmix64(random) % 64 << 20));
    if (open.size() < 300 && open.emplace(id, 0).second) ledger.taken({id}, start);
    auto chosen = open.lower_bound(splitmix64(random) % (std::uint64_t{64} << 20));
    if (chosen == open.end()) chosen = open.begin();
    if (chosen->second == 0) {
      REQUIRE(ledger.may_answer({chosen->first}));
      ledger.answered({chosen->first}, {i});
      chosen->second = i;
    } else {
      REQUIRE(ledger.reply_to({chosen->first})->value == chosen->second);
      ledger.settled({chosen->first});
      open.erase(chosen);
    }
    REQUIRE(ledger.unsettled() == open.size());
  }
}
