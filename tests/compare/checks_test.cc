// SPDX-License-Identifier: MIT
#include "apps/compare/checks.h"

#include "apps/cli/flags.h"
#include "apps/compare/statistics.h"
#include "tests/support/catch.h"

using namespace dgram::app;
using namespace dgram::app::compare;

namespace {

const std::vector<entrant> both = entrants_from("udp,tcp-cubic");

point measured() {
  contender udp{"udp", "UDP", {}, {}}, tcp{"tcp-cubic", "TCP cubic", {}, {}};
  udp.figures["p99_ms"] = {65, 60, 70};
  udp.figures["delivered"] = {0.999, 0.99, 1};
  udp.figures["goodput_kbps"] = {1500, 1400, 1600};
  udp.figures["cpu_us"] = {12, 11, 13};
  udp.figures["max_ms"] = {never, never, never};
  tcp.figures["p99_ms"] = {130, 120, 140};
  return {{{"loss", "5%"}}, "", {udp, tcp}, "", {}};
}

bool fails(const std::string& text) {
  return failure_of(check_from(text, both), measured()).has_value();
}

std::string complaint_about(const std::string& text) {
  try {
    check_from(text, both);
  } catch (const usage_error& e) {
    return e.what();
  }
  return "none";
}

}  // namespace

TEST_CASE("A check fails when what it says is true") {
  CHECK(fails("udp.p99 > 60ms"));
  CHECK_FALSE(fails("udp.p99 > 65ms"));
  CHECK(fails("udp.p99 >= 65ms"));
  CHECK_FALSE(fails("udp.p99 < 65ms"));
  CHECK(fails("udp.p99<=65ms"));
  CHECK(fails("  udp.p99   <   0.1 "));
  CHECK(fails("udp.max > 1h"));
}

TEST_CASE("Each figure is compared in its own unit") {
  CHECK(fails("udp.delivered < 100%"));
  CHECK_FALSE(fails("udp.delivered < 0.99"));
  CHECK(fails("udp.goodput < 2m"));
  CHECK_FALSE(fails("udp.goodput < 1400k"));
  CHECK(fails("udp.cpu > 11us"));
  CHECK_FALSE(fails("udp.cpu > 1ms"));
}

TEST_CASE("A check may compare two contenders") {
  CHECK(fails("udp.p99 < tcp-cubic.p99"));
  CHECK_FALSE(fails("udp.p99 > tcp-cubic.p99"));
}

TEST_CASE("A failing check says where and what it found") {
  const auto why = failure_of(check_from("udp.p99 > 60ms", both), measured());
  REQUIRE(why);
  CHECK(*why == "check failed at loss 5%: udp.p99 > 60ms: it is 65.0 ms");
}

TEST_CASE("A contender that could not run fails its checks") {
  CHECK(failure_of(check_from("tcp-cubic.p50 > 1h", both), measured()));
}

TEST_CASE("What a check does not know is named") {
  CHECK(complaint_about("udp.p99 > 60ms") == "none");
  CHECK_THAT(complaint_about("udp.p98 > 60ms"), ContainsSubstring("'p98' is not one of p50, p90"));
  CHECK_THAT(complaint_about("tcp-bbr.p99 > 60ms"), ContainsSubstring("'tcp-bbr' does not take part"));
  CHECK_THAT(complaint_about("udp.p99 = 60ms"), ContainsSubstring("there is no >, >=, < or <="));
  CHECK_THAT(complaint_about("p99 > 60ms"), ContainsSubstring("'p99' is not CONTENDER.FIGURE"));
  CHECK_THAT(complaint_about("udp.p99 > 5%"), ContainsSubstring("'5%' is not a value of udp.p99"));
  CHECK_THAT(complaint_about("udp.p99 > "), ContainsSubstring("'' is not a value"));
  CHECK_THAT(complaint_about("udp.delivered < 1.2"), ContainsSubstring("'1.2' is not a value"));
  CHECK_THAT(complaint_about("udp.p99 > tcp-cubic.delivered"), ContainsSubstring("different units"));
  CHECK_THAT(complaint_about(""), ContainsSubstring("--fail-if"));
}
