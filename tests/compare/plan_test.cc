// SPDX-License-Identifier: MIT
#include "apps/compare/plan.h"

#include <algorithm>
#include <array>
#include <numeric>

#include "apps/compare/arrival_log.h"
#include "apps/compare/message_form.h"
#include "apps/compare/send_schedule.h"
#include "apps/compare/setting.h"
#include "tests/support/catch.h"

using namespace dgram;
using namespace dgram::app::compare;
using namespace std::chrono_literals;

TEST_CASE("Telemetry is due at equal distances and its warm-up is marked") {
  plan p;
  p.message_rate = 200;
  p.warm_up = 500ms;
  p.measured = 1s;
  const auto all = schedule_of(p, 1);
  REQUIRE(all.size() == 300);
  CHECK(all[0].intended == 0ms);
  CHECK(all[1].intended == 5ms);
  CHECK(all[299].intended == 1495ms);
  CHECK(all[99].warm_up);
  CHECK_FALSE(all[100].warm_up);
}

TEST_CASE("Bulk is cut into messages of one size and has no warm-up") {
  plan p;
  p.work = workload::bulk;
  p.size = 1000;
  p.amount = 10'500;
  const auto all = schedule_of(p, 1);
  CHECK(all.size() == 11);
  for (const planned_message& m : all) CHECK((!m.warm_up && m.size == 1000 && m.intended == 0ms));
}

TEST_CASE("People write by a seed at the rate that was asked for, with pauses and in short lines") {
  plan p;
  p.work = workload::chat;
  p.message_rate = 20;
  p.warm_up = 0ms;
  p.measured = 100s;
  const auto all = schedule_of(p, 5);
  // Log-normal gaps with sigma 1 have a standard deviation of 1.31 means: 2000 gaps, so 3 % of 2000.
  CHECK(all.size() > 1800);
  CHECK(all.size() < 2200);
  std::size_t long_pauses = 0, at_once = 0;
  for (std::size_t i = 1; i < all.size(); ++i) {
    const duration gap = all[i].intended - all[i - 1].intended;
    CHECK(gap > 0ns);
    long_pauses += gap > 150ms;
    at_once += gap < 10ms;
    CHECK((all[i].size >= least_size && all[i].size <= 400));
  }
  CHECK(long_pauses > 20);
  CHECK(at_once > 20);
  CHECK(schedule_of(p, 5).back().intended == all.back().intended);
  CHECK(schedule_of(p, 6).back().intended != all.back().intended);
}

TEST_CASE("No schedule is longer than what is kept") {
  plan p;
  p.message_rate = 50'000;
  p.measured = std::chrono::hours(1);
  CHECK(schedule_of(p, 1).size() == most_messages);
  p.work = workload::chat;
  CHECK(schedule_of(p, 1).size() == most_messages);
}

TEST_CASE("A message says its number and its moment") {
  std::array<std::byte, 64> bytes{};
  write_message(bytes, {77, 5ms});
  const auto stamp = read_message(bytes);
  REQUIRE(stamp);
  CHECK(stamp->number == 77);
  CHECK(stamp->intended == 5ms);
  CHECK_FALSE(read_message(std::span(bytes).first(15)));
}

TEST_CASE("The log counts what came twice and what came late, and keeps the first arrival") {
  arrival_log log(5);
  log.record(0, 20ms);
  log.record(3, 30ms);
  log.record(1, 40ms);  // after 3
  log.record(3, 45ms);  // again
  log.record(9, 50ms);  // never sent
  CHECK(log.arrived() == 3);
  CHECK(log.when(3) == 30ms);
  CHECK(log.duplicates() == 1);
  CHECK(log.reordered() == 1);
  CHECK(log.first() == 20ms);
  CHECK(log.last() == 40ms);

  run r;
  const std::vector<planned_message> schedule{
      {0ms, 64, true}, {5ms, 64, false}, {10ms, 64, false}, {15ms, 64, false}, {20ms, 64, false}};
  const std::vector<duration> intended{0ms, 5ms, 10ms, 15ms};  // the last one never left
  fill_in(r, plan{}, schedule, intended, log, 100ms);
  REQUIRE(r.samples.size() == 5);
  CHECK(r.samples[1].latency == 35ms);
  CHECK(r.samples[0].warm_up);
  CHECK_FALSE(r.samples[2].latency);
  CHECK(r.samples[2].waited == 90ms);
  CHECK_FALSE(r.samples[4].latency);
  CHECK(r.first_message == 20ms);
  CHECK(r.length == 40ms);
}

TEST_CASE("Contenders run in another order in each repetition, the same for the same seed") {
  lineup l;
  l.entrants = entrants_from("udp-bare,udp,tcp-bbr,tcp-cubic,tcp-nagle");
  l.seed = 1;
  bool differs = false;
  for (std::uint32_t r = 0; r < 10; ++r) {
    auto order = order_of(l, r);
    CHECK(order == order_of(l, r));
    differs = differs || order != order_of(l, 0);
    std::sort(order.begin(), order.end());
    std::vector<std::size_t> all(5);
    std::iota(all.begin(), all.end(), std::size_t{0});
    CHECK(order == all);
    CHECK(seed_of(l, r) != seed_of(l, r + 1));
  }
  CHECK(differs);
}

TEST_CASE(
    "In a closed loop the next request leaves with the reply to the last and none after the time is over") {
  plan p;
  p.work = workload::request;
  p.closed_loop = true;
  p.warm_up = 0ms;
  p.measured = 100ms;
  shared_run r(p, schedule_of(p, 1));
  send_schedule schedule(r);
  REQUIRE(schedule.due(0ms, 0));
  schedule.sent(0ms);
  CHECK_FALSE(schedule.due(40ms, 1));
  CHECK_FALSE(schedule.next());
  REQUIRE(schedule.due(41ms, 0));
  schedule.sent(41ms);
  // 200/s is the most.
  CHECK_FALSE(schedule.due(9ms, 0));
  CHECK_FALSE(schedule.due(101ms, 0));
  CHECK(schedule.done());
  CHECK(r.intended == std::vector<duration>{0ms, 41ms});

  arrival_log log(r.schedule.size());
  log.record(0, 40ms);
  log.record(1, 91ms);
  run out;
  fill_in(out, p, r.schedule, r.intended, log, 100ms);
  REQUIRE(out.samples.size() == 2);
  CHECK(out.samples[1].latency == 50ms);
}

TEST_CASE("What is due while a transport takes nothing is not the sender being late") {
  plan p;
  shared_run r(p, schedule_of(p, 1));
  send_schedule schedule(r);
  schedule.held_up(60ms);
  for (int i = 0; i < 13; ++i) schedule.sent(60ms);  // due at 0, 5, ..., 60 ms
  CHECK(r.send_lateness.count() == 0);
  schedule.sent(66ms);
  CHECK(r.send_lateness.count() == 1);
}
