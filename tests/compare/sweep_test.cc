// SPDX-License-Identifier: MIT
#include "apps/compare/sweep.h"

#include "apps/cli/flags.h"
#include "tests/support/catch.h"

using namespace dgram::app;
using namespace dgram::app::compare;
using namespace std::chrono_literals;

namespace {

std::string complaint_about(const std::string& text) {
  try {
    settings_for({}, {sweep_from(text)});
  } catch (const usage_error& e) {
    return e.what();
  }
  return "none";
}

}  // namespace

TEST_CASE("A unit at the end of a sweep is for all values that have none") {
  CHECK(sweep_from("loss=0,1,5,10,20%").values == std::vector<std::string>{"0%", "1%", "5%", "10%", "20%"});
  CHECK(sweep_from("rtt=20,1s,40ms").values == std::vector<std::string>{"20ms", "1s", "40ms"});
  CHECK(sweep_from("burst=1,4").values == std::vector<std::string>{"1", "4"});
  CHECK(sweep_from("loss=0.5%").values == std::vector<std::string>{"0.5%"});
}

TEST_CASE("Each value of a sweep is a point with that setting and no other change") {
  setting base;
  base.work.size = 100;
  const auto loss = settings_for(base, {sweep_from("loss=1,20%")});
  REQUIRE(loss.size() == 2);
  CHECK(loss[0].link.up.loss == Approx(0.01));
  CHECK(loss[1].link.down.loss == Approx(0.2));
  CHECK(loss[1].swept == std::vector<std::pair<std::string, std::string>>{{"loss", "20%"}});
  CHECK(loss[1].work.size == 100);

  const auto rtt = settings_for(base, {sweep_from("rtt=40,100ms")});
  CHECK(rtt[1].link.up.delay == 50ms);
  CHECK(rtt[1].link.down.delay == 50ms);
  CHECK(settings_for(base, {sweep_from("size=16,1150")})[1].work.size == 1150);
  CHECK(settings_for(base, {sweep_from("message-rate=1k")})[0].work.message_rate == 1000);
  CHECK(settings_for(base, {sweep_from("rate=8m")})[0].link.up.rate == Approx(1e6));
  CHECK(settings_for(base, {sweep_from("loss=5%"), sweep_from("burst=4")})[0].link.up.mean_burst == 4);
}

TEST_CASE("Two sweeps make every combination and none makes one point") {
  const auto grid = settings_for({}, {sweep_from("loss=1,5%"), sweep_from("rtt=10,20,30ms")});
  REQUIRE(grid.size() == 6);
  CHECK(grid[5].swept.size() == 2);
  CHECK(grid[5].link.up.loss == Approx(0.05));
  CHECK(grid[5].link.up.delay == 15ms);
  CHECK(settings_for({}, {}).size() == 1);
}

TEST_CASE("A bad sweep names the flag and the value") {
  for (const char* bad : {"loss", "=5%", "loss=", "loss=1,,5%", "loss=101%", "loss=-1", "rtt=fast", "size=15",
                          "size=17000000", "burst=4", "message-rate=0", "colour=red", "rate=x"}) {
    CAPTURE(bad);
    CHECK_THAT(complaint_about(bad), ContainsSubstring("--sweep"));
  }
  CHECK_THAT(complaint_about("loss=1,300%"), ContainsSubstring("'300%'"));
  std::string many = "loss=0";
  for (int i = 0; i < 100; ++i) many += ",0";
  CHECK_THAT(complaint_about(many), ContainsSubstring("more than 100 points"));
}
