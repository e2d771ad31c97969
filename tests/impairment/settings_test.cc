// SPDX-License-Identifier: MIT
#include "apps/impairment/impairment.h"
#include "tests/impairment/given_settings.h"
#include "tests/support/catch.h"

using namespace dgram;
using namespace dgram::app;
using namespace std::chrono_literals;

namespace {

sim::link_options up(std::vector<const char*> arguments) {
  return link_of(std::move(arguments)).up;
}

std::vector<std::string> flag_names() {
  std::vector<std::string> names;
  for (const flag& f : impairment_flags()) names.emplace_back(f.names);
  return names;
}

}  // namespace

TEST_CASE("without flags a link does nothing to a packet") {
  const impairment what = link_of({});
  CHECK(what.up.loss == 0);
  CHECK(what.up.delay == 0ns);
  CHECK(what.up.rate == 0);
  CHECK(what.flags == "--seed " + std::to_string(what.seed));
  CHECK(describe(what) == "no impairment");
}

TEST_CASE("a flag of no direction is of both") {
  const impairment what = link_of({"--loss", "5%", "--delay", "20ms"});
  CHECK(what.up.loss == 0.05);
  CHECK(what.down.loss == 0.05);
  CHECK(what.up.delay == 20ms);
  CHECK(what.down.delay == 20ms);
}

TEST_CASE("a flag of one direction leaves the other alone") {
  const impairment what = link_of({"--up-loss", "5%", "--down-delay", "20ms"});
  CHECK(what.up.loss == 0.05);
  CHECK(what.down.loss == 0);
  CHECK(what.up.delay == 0ms);
  CHECK(what.down.delay == 20ms);
}

TEST_CASE("a later flag overrides an earlier one") {
  const impairment what = link_of({"--loss", "5%", "--up-loss", "7%"});
  CHECK(what.up.loss == 0.07);
  CHECK(what.down.loss == 0.05);
  CHECK(link_of({"--up-loss", "7%", "--loss", "5%"}).up.loss == 0.05);
}

TEST_CASE("every impairment has a form for each direction") {
  const std::vector<std::string> names = flag_names();
  const auto has = [&](const std::string& name) {
    return std::find(names.begin(), names.end(), name) != names.end();
  };
  for (const std::string name :
       {"loss", "burst", "ge", "lose", "delay", "jitter", "jitter-shape", "jitter-reorders", "duplicate",
        "corrupt", "reorder", "reorder-by", "rate", "queue", "trace", "mtu", "outage", "fade"}) {
    CAPTURE(name);
    CHECK(has(name));
    CHECK(has("up-" + name));
    CHECK(has("down-" + name));
  }
}

TEST_CASE("help shows every impairment once and explains the forms for one direction in one place") {
  const std::string help = flags({"udp_test", "", "", ""}, impairment_flags()).help();
  CHECK_THAT(help, ContainsSubstring("--jitter-shape"));
  CHECK_THAT(help, ContainsSubstring("--up-loss"));
  CHECK(help.find("--up-delay") == help.npos);
  CHECK(help.find("--down-fade") == help.npos);
  CHECK(std::count(help.begin(), help.end(), '\n') < 45);
}

TEST_CASE("loss comes as a share or in runs or as netem's chain") {
  CHECK(up({"--loss", "0.25"}).loss == 0.25);
  CHECK(up({"--loss", "5%", "--burst", "4"}).mean_burst == 4);
  CHECK(up({"--loss", "5%", "--burst", "1"}).mean_burst == 0);
  CHECK(up({"--ge", "1%"}).chain->r == 0.99);
  CHECK(up({"--ge", "1%,25%"}).chain->r == 0.25);
  CHECK(up({"--ge", "1%,25%"}).chain->loss_in_bad == 1);
  const auto chain = up({"--ge", "0.01,0.25,50%,0.1%"}).chain;
  REQUIRE(chain);
  CHECK(chain->p == 0.01);
  CHECK(chain->loss_in_bad == 0.5);
  CHECK(chain->loss_in_good == 0.001);
}

TEST_CASE("packets are lost by number in any order") {
  CHECK(up({"--lose", "20-22,3,7,3"}).lose_indices == std::vector<std::uint64_t>{3, 7, 20, 21, 22});
  CHECK(up({"--lose", "none"}).lose_indices.empty());
}

TEST_CASE("jitter has a shape and may reorder") {
  const auto o = up({"--jitter", "5ms", "--jitter-shape", "pareto", "--jitter-reorders"});
  CHECK(o.jitter == 5ms);
  CHECK(o.shape == sim::jitter_shape::pareto);
  CHECK(o.jitter_reorders);
  CHECK_FALSE(link_of({"--jitter", "5ms", "--up-jitter-reorders"}).down.jitter_reorders);
}

TEST_CASE("reordering is by a distance or by a time and has a distance when nothing is said") {
  CHECK(up({"--reorder", "1%"}).reorder_distance == 3);
  CHECK(up({"--reorder", "1%", "--reorder-by", "7p"}).reorder_distance == 7);
  const auto o = up({"--reorder", "1%", "--reorder-by", "5ms..10ms"});
  CHECK(o.reorder_distance == 0);
  CHECK(o.reorder_least == 5ms);
  CHECK(o.reorder_most == 10ms);
  CHECK(up({"--reorder", "1%", "--reorder-by", "5ms"}).reorder_most == 5ms);
}

TEST_CASE("a rate counts bits and a queue what it is told") {
  CHECK(up({"--rate", "10m"}).rate == 1'250'000);
  CHECK(up({"--rate", "0"}).rate == 0);
  CHECK(*up({"--rate", "1m", "--queue", "50p"}).queue.packets == 50);
  CHECK(*up({"--rate", "1m", "--queue", "64KB"}).queue.bytes == 64'000);
  CHECK(*up({"--rate", "1m", "--queue", "64KiB"}).queue.bytes == 65'536);
  const auto both = up({"--rate", "1m", "--queue", "100ms+50p"}).queue;
  CHECK(*both.time == 100ms);
  CHECK(*both.packets == 50);
  CHECK_FALSE(both.bytes);
}

TEST_CASE("marks begin at a wait that may be nothing at all") {
  CHECK_FALSE(link_of({"--rate", "1m"}).up.ecn_threshold);
  const impairment what = link_of({"--rate", "1m", "--ecn-mark", "5ms", "--down-ecn-mark", "0ms"});
  CHECK(what.up.ecn_threshold == 5ms);
  CHECK(what.down.ecn_threshold == 0ms);
  CHECK_THAT(describe(what), ContainsSubstring("1 Mbit/s, ECN marks beyond 5 ms"));
}

TEST_CASE("outages come in a list or one by one and fades by turns") {
  const auto list = up({"--outage", "2s..7s,10s..12s"}).outages;
  const auto repeated = up({"--outage", "2s..7s", "--outage", "10s..12s"}).outages;
  REQUIRE(list.size() == 2);
  REQUIRE(repeated.size() == 2);
  CHECK(list[1].from == time_point{} + 10s);
  CHECK(repeated[0].until == time_point{} + 7s);
  CHECK(up({"--fade", "2s/500ms"}).fades->up == 2s);
  CHECK_FALSE(up({"--fade", "2s/500ms"}).fades->random);
  CHECK(up({"--fade", "~2s/500ms"}).fades->random);
  CHECK(up({"--fade", "~2s/500ms"}).fades->down == 500ms);
}

TEST_CASE("the rest is read as it is") {
  CHECK(up({"--mtu", "1200"}).mtu == 1200);
  CHECK(up({"--duplicate", "2%"}).duplicate == 0.02);
  CHECK(up({"--corrupt", "3%"}).corrupt == 0.03);
  CHECK(link_of({"--seed", "18446744073709551615"}).seed == 18446744073709551615u);
}

TEST_CASE("a seed is chosen when none is given and not the same twice") {
  CHECK(link_of({}).seed != link_of({}).seed);
}

TEST_CASE("the flags of a link repeat it") {
  const impairment what =
      link_of({"--loss", "5%", "--up-loss", "7%", "--outage", "1s..2s", "--outage", "3s..4s", "--jitter",
               "1ms", "--jitter-reorders", "--fade", "~2s/1s", "--seed", "9"});
  CHECK(what.flags ==
        "--loss 5% --up-loss 7% --outage 1s..2s,3s..4s --jitter 1ms --jitter-reorders "
        "--fade '~2s/1s' --seed 9");
  CHECK(link_of({"--loss", "5%", "--loss", "6%", "--seed", "9"}).flags == "--loss 6% --seed 9");
  CHECK(link_of({"--up-loss", "5%", "--loss", "6%", "--seed", "9"}).flags == "--loss 6% --seed 9");
}

TEST_CASE("a description is one line for both directions when they are the same") {
  CHECK(describe(link_of({"--delay", "20ms", "--loss", "5%"})) == "20 ms each way, 5 % loss");
  CHECK(describe(link_of({"--delay", "20ms", "--up-loss", "5%"})) == "up 20 ms, 5 % loss; down 20 ms");
  CHECK(describe(link_of({"--up-loss", "5%"})) == "up 5 % loss; down no impairment");
  CHECK(describe(link_of({"--loss", "5%", "--burst", "4", "--rate", "10m", "--queue", "64KB", "--mtu",
                          "1200"})) == "5 % loss in runs of 4 each way, 10 Mbit/s, queue of 64 kB, MTU 1200");
}
