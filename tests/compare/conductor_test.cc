// SPDX-License-Identifier: MIT
#include "apps/compare/conductor.h"

#include <map>

#include "apps/compare/warnings.h"
#include "tests/support/catch.h"

using namespace dgram;
using namespace dgram::app;
using namespace dgram::app::compare;
using namespace std::chrono_literals;

namespace {

const auto nobody = [](std::uint32_t, const entrant&) {};

setting usual() {
  setting s;
  s.link.up.loss = s.link.down.loss = 0.05;
  return s;
}

// As if 2000 packets had crossed up, and `lost` of them not quite.
run_result quiet_run(std::uint64_t lost = 100) {
  run_result r;
  r.measured.up = {2000, 200'000, lost, 100};
  sample s;
  s.latency = 20ms;
  r.measured.samples = {s};
  return r;
}

bool mentions(const std::vector<std::string>& all, const std::string& part) {
  for (const std::string& one : all) {
    if (one.find(part) != one.npos) return true;
  }
  return false;
}

}  // namespace

TEST_CASE("Every contender meets the same seeds, one for each repetition") {
  const lineup who{entrants_from("udp-bare,udp,tcp-bbr"), 4, 9};
  std::map<std::string, std::vector<std::uint64_t>> seeds;
  std::vector<std::string> order;
  const runner one = [&](const entrant& e, const plan&, const impairment& l) {
    seeds[std::string(e.name)].push_back(l.seed);
    order.emplace_back(e.name);
    return std::optional(quiet_run());
  };
  const point p = measure(usual(), who, one, nobody).point;
  REQUIRE(order.size() == 12);
  CHECK(seeds["udp"].size() == 4);
  CHECK(seeds["udp"] == seeds["udp-bare"]);
  CHECK(seeds["udp"] == seeds["tcp-bbr"]);
  CHECK(seeds["udp"][0] != seeds["udp"][1]);
  // In turns: nobody is second before everybody was first.
  CHECK(std::map<std::string, int>{{order[0], 1}, {order[1], 1}, {order[2], 1}}.size() == 3);
  CHECK(p.contenders[1].runs[2].repetition == 2);
  CHECK(p.contenders[1].runs[2].seed == seeds["udp"][2]);
  CHECK(p.warnings.empty());
}

TEST_CASE("A run in which the machine stood still is made again, but not for ever") {
  const lineup who{entrants_from("udp"), 5, 1};
  int runs = 0;
  const runner first_is_bad = [&](const entrant&, const plan&, const impairment&) {
    run_result r = quiet_run();
    r.measured.lateness_p99 = ++runs == 1 ? 40ms : 0ms;
    return std::optional(r);
  };
  const point once = measure(usual(), who, first_is_bad, nobody).point;
  CHECK(runs == 6);
  CHECK(once.contenders[0].runs.size() == 5);
  CHECK(mentions(once.warnings, "1 run was made again"));

  runs = 0;
  const runner always_bad = [&](const entrant&, const plan&, const impairment&) {
    ++runs;
    run_result r = quiet_run();
    r.measured.send_lateness_p99 = 40ms;
    return std::optional(r);
  };
  const point never_well = measure(usual(), who, always_bad, nobody).point;
  CHECK(runs == 6);
  CHECK(mentions(never_well.warnings,
                 "in 5 runs the machine could not keep the schedule: the link was up to 0.00 ms late and the "
                 "sender up to 40 ms"));
}

TEST_CASE("What ended early holds what ended before") {
  const lineup who{entrants_from("udp"), 5, 1};
  int runs = 0;
  const runner two = [&](const entrant&, const plan&, const impairment&) {
    return ++runs > 2 ? std::nullopt : std::optional(quiet_run());
  };
  const measured_point m = measure(usual(), who, two, nobody);
  CHECK(m.cut_short);
  CHECK(m.point.contenders[0].runs.size() == 2);
  CHECK(m.point.contenders[0].figures.count("p99_ms") == 1);
  CHECK(mentions(m.point.warnings, "ended before all repetitions were done"));
}

TEST_CASE("A loss that is not what was asked for is said") {
  const lineup who{entrants_from("udp"), 1, 1};
  const auto warnings = [&](std::uint64_t lost) {
    const runner one = [&](const entrant&, const plan&, const impairment&) {
      return std::optional(quiet_run(lost));
    };
    return measure(usual(), who, one, nobody).point.warnings;
  };
  // 100 of 2000 expected, with a standard deviation of 9.7.
  CHECK_FALSE(mentions(warnings(135), "was asked for"));
  CHECK(mentions(
      warnings(142),
      "the up link lost 7.1 % of the packets of \"UDP, acks and retries\", and 5.0 % was asked for"));
  CHECK(mentions(warnings(58), "was asked for"));
}

TEST_CASE("What devices dropped and packets beyond the MTU are said") {
  const lineup who{entrants_from("udp"), 2, 1};
  const runner one = [&](const entrant&, const plan&, const impairment&) {
    run_result r = quiet_run();
    r.device_drops = 3;
    r.measured.up.largest = 9000;
    return std::optional(r);
  };
  const auto warnings = measure(usual(), who, one, nobody).point.warnings;
  CHECK(mentions(warnings, "6 packets were dropped by a device outside the link"));
  CHECK(mentions(warnings, "larger than the MTU"));
}

TEST_CASE("What the machine delayed is said, with how much of all it is") {
  const lineup who{entrants_from("udp"), 2, 1};
  const runner one = [&](const entrant&, const plan&, const impairment&) {
    run_result r = quiet_run();
    r.measured.stalls = {{10ms, 15ms}};
    return std::optional(r);
  };
  CHECK(mentions(measure(usual(), who, one, nobody).point.warnings,
                 "2 messages of \"UDP, acks and retries\" (100 %) are in no latency"));
}
