// SPDX-License-Identifier: MIT
#include "apps/compare/suite_form.h"

#include <set>

#include <nlohmann/json.hpp>

#include "apps/compare/contenders.h"
#include "apps/compare/statistics.h"
#include "apps/impairment/impairment.h"
#include "tests/support/catch.h"

using namespace dgram;
using namespace dgram::app;
using namespace dgram::app::compare;
using namespace std::chrono_literals;

namespace {

run run_with(duration each, std::size_t lost = 0) {
  run r;
  for (std::uint64_t i = 0; i < 100; ++i) {
    sample s;
    s.number = i;
    s.intended = 10ms * static_cast<int>(i);
    if (i >= lost) s.latency = each;
    r.samples.push_back(s);
  }
  return r;
}

suite_case small_case() {
  suite_case c;
  c.group = "telemetry";
  c.text = "a case, with a comma";
  c.bars = {{"p99", "udp", "udp-off", "p99_ms", relation::at_most, 30, 1, "ms"},
            {"delivered", "udp", "", "delivered", relation::at_least, 100, 0.01, "%"},
            {"CPU", "udp-reliable", "", "cpu_us", relation::at_most, 60, 1, "us"}};
  return c;
}

point measured(duration worst) {
  point p;
  p.contenders = {{"udp", "UDP", {run_with(20ms), run_with(worst), run_with(25ms)}, {}},
                  {"udp-off", "UDP off", {run_with(90ms, 5)}, {}},
                  {"srt", "SRT", {run{}}, {}}};
  p.contenders[2].runs[0].failure = "this build has no SRT";
  return p;
}

suite_result result(duration worst) {
  suite_result r;
  r.command = "udp_compare suite --seed 1";
  r.repetitions = 3;
  r.rows = rows_of(small_case(), measured(worst));
  return r;
}

}  // namespace

TEST_CASE("A spread is the median with the least and the most, of an even number the lower one") {
  CHECK(spread_of({3, 1, 2}) == spread{2, 1, 3, 3});
  CHECK(spread_of({4, 1, 2, 3}) == spread{2, 1, 4, 4});
  CHECK(spread_of({never, 1, never}).median == never);
}

TEST_CASE("A bar is held by the median of the repetitions, and what was not measured does not hold") {
  const auto rows = rows_of(small_case(), measured(500ms));
  REQUIRE(rows.size() == 3);
  CHECK(rows[0].figures.at("udp") == spread{25, 20, 500, 3});
  CHECK(rows[0].holds == true);
  CHECK(rows[0].figures.at("udp-off").median == never);
  CHECK_FALSE(rows[0].figures.contains("srt"));
  CHECK(rows[1].figures.at("udp").median == Approx(100));
  CHECK(rows[1].figures.at("udp-off").median == Approx(95));
  CHECK(rows[1].holds == true);
  CHECK_FALSE(rows[2].holds);
  CHECK_FALSE(all_hold(result(500ms)));

  suite_result r = result(500ms);
  r.rows.pop_back();
  CHECK(all_hold(r));
  suite_case stricter = small_case();
  stricter.bars[0].bound = 24.9;
  CHECK(rows_of(stricter, measured(500ms))[0].holds == false);
}

TEST_CASE("The suite's table has a line for each bar and says the case once") {
  CHECK(suite_table(result(500ms), false) ==
        "case                  figure     bar               ours  no redundancy  TCP cubic  TCP bbr  "
        "ENet  SRT  "
        "      holds?\n"
        "a case, with a comma  p99        <= 30 ms  25 (20..500)          never          -        -     -    "
        "-  "
        "         yes\n"
        "                      delivered  >= 100 %           100              -          -        -     -    "
        "-  "
        "         yes\n"
        "                      CPU        <= 60 us             -              -          -        -     -    "
        "-  "
        "not measured\n"
        "\n2 of 3 bars hold. Medians over 3 repetitions, least and most in brackets.\n"
        "again: udp_compare suite --seed 1\n");
}

TEST_CASE("The suite's JSON and CSV hold every figure, and never as a word where JSON has no number") {
  const auto all = nlohmann::json::parse(suite_json(result(500ms)));
  CHECK(all["format"] == "udp_compare suite");
  CHECK(all["rows"].size() == 3);
  CHECK(all["rows"][0]["figures"]["udp"]["median"] == 25.0);
  CHECK(all["rows"][0]["figures"]["udp-off"]["median"] == "inf");
  CHECK(all["rows"][0]["holds"] == true);
  CHECK(all["rows"][2]["holds"].is_null());

  const std::string csv = suite_csv(result(500ms));
  CHECK(csv.starts_with(
      "group,case,bar,relation,bound,unit,contender,median,least,most,repetitions,holds\r\n"));
  CHECK(csv.find("telemetry,\"a case, with a comma\",p99,<=,30.0,ms,udp,25.0,20.0,500.0,3,yes\r\n") !=
        csv.npos);
  CHECK(csv.find(",ms,udp-off,inf,inf,inf,1,\r\n") != csv.npos);
}

TEST_CASE("Every case of the suite names a link and contenders and figures that there are") {
  std::set<std::string> texts;
  for (const suite_case& c : suite_cases()) {
    CAPTURE(c.text);
    CHECK(texts.insert(c.group + c.text).second);
    CHECK_FALSE(c.bars.empty());
    for (const std::string& name : contenders_of(c)) CHECK_NOTHROW(entrants_from(name));
    impairment link;
    CHECK_NOTHROW(apply_settings(link, c.link));
    CHECK(messages_of(c.work) <= most_messages);
    point p;
    for (const bar& b : c.bars) p.contenders.push_back({b.ours, "", {run_with(20ms)}, {}});
    for (const suite_row& row : rows_of(c, p)) {
      CAPTURE(row.what.text);
      CHECK(row.holds);
      CHECK(row.what.divisor > 0);
    }
  }
}
