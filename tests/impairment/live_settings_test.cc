// SPDX-License-Identifier: MIT
#include "tests/impairment/given_settings.h"
#include "tests/support/catch.h"

using namespace dgram;
using namespace dgram::app;
using namespace std::chrono_literals;

namespace {

void set(impairment& what, const std::vector<std::string>& settings, duration zero = {}) {
  apply_settings(what, settings, zero);
}

std::string refused(impairment& what, const std::vector<std::string>& settings) {
  try {
    set(what, settings);
  } catch (const usage_error& e) {
    return e.what();
  }
  return {};
}

}  // namespace

TEST_CASE("a setting changes what it names and nothing else") {
  impairment what = link_of({"--loss", "5%", "--delay", "20ms", "--seed", "1"});
  set(what, {"loss=20%", "up-delay=5ms"});
  CHECK(what.up.loss == 0.2);
  CHECK(what.down.loss == 0.2);
  CHECK(what.up.delay == 5ms);
  CHECK(what.down.delay == 20ms);
  CHECK(what.flags == "--delay 20ms --loss 20% --up-delay 5ms --seed 1");
}

TEST_CASE("one bad setting leaves all as it was") {
  impairment what = link_of({"--loss", "5%", "--seed", "1"});
  const std::string before = what.flags;
  CHECK_THAT(refused(what, {"delay=5ms", "loss=101%"}), ContainsSubstring("loss: '101%'"));
  CHECK_THAT(refused(what, {"delay=5ms", "nonsense=1"}), ContainsSubstring("nonsense"));
  CHECK_THAT(refused(what, {"\x1b[31m=1"}), ContainsSubstring("\\x1B[31m"));
  CHECK_THAT(refused(what, {"delay=5ms", "loss"}), ContainsSubstring("'loss' is not NAME=VALUE"));
  CHECK_THAT(refused(what, {"burst=400", "loss=99.9%"}), ContainsSubstring("burst: '400' cannot be"));
  CHECK(what.up.delay == 0ms);
  CHECK(what.up.loss == 0.05);
  CHECK(what.flags == before);
}

TEST_CASE("a setting takes the place of the one it excludes") {
  impairment what = link_of({"--loss", "5%", "--burst", "4"});
  set(what, {"ge=1%,25%"});
  CHECK(what.up.chain);
  CHECK(what.up.loss == 0);
  set(what, {"loss=3%"});
  CHECK_FALSE(what.up.chain);
  CHECK(what.up.loss == 0.03);
}

TEST_CASE("every setting can be turned off") {
  impairment what = link_of({"--loss", "5%",    "--burst",   "4",  "--lose",   "1",   "--ecn-mark", "5ms",
                             "--rate", "1m",    "--queue",   "5p", "--mtu",    "900", "--outage",   "1s..2s",
                             "--fade", "1s/1s", "--reorder", "1%", "--jitter", "1ms"});
  set(what, {"loss=0", "ecn-mark=none", "burst=none", "lose=none", "rate=none", "queue=none", "mtu=none",
             "outage=none", "fade=none", "reorder=0", "jitter=0"});
  CHECK(describe(what) == "no impairment");
}

TEST_CASE("outages of a running link count from now") {
  impairment what = link_of({"--seed", "1"});
  set(what, {"outage=0s..5s"}, 60s);
  REQUIRE(what.up.outages.size() == 1);
  CHECK(what.up.outages[0].from == time_point{} + 60s);
  CHECK(what.flags == "--outage 60s..65s --seed 1");
}

TEST_CASE("a link that changed is repeated by its flags") {
  impairment what = link_of({"--loss", "5%", "--seed", "1"});
  set(what, {"up-loss=7%", "rate=1m", "queue=5p"});
  CHECK(what.flags == "--loss 5% --up-loss 7% --rate 1m --queue 5p --seed 1");
}
