// SPDX-License-Identifier: MIT
// Bursts, reordering, duplicates and damage, over both transports.
#include "tests/lossy/case.h"
#include "tests/support/catch.h"

using namespace dgram;
using namespace dgram::test;
using namespace std::chrono_literals;

namespace {

// The share of the 1 % loss cases, in runs of four packets on average. A run is counted in packets, not in
// time, so a request that is alone on the link meets the whole of it with its repetitions.
void lose_in_bursts(transport t) {
  course c;
  c.forth.loss = c.back.loss = 0.05;
  c.forth.mean_burst = c.back.mean_burst = 4;
  hold(run_case("5 % loss in bursts of 4", c, t), bars_of(c, t, in_bursts(0.05, 4), in_bursts(0.05, 4)));
}

// A quarter of the packets come up to 30 ms late, and others overtake them. Nothing is lost, so nothing is
// later than that: a message at most 20 + 30 ms, an answer at most twice as much. What UDP repeats needlessly
// because three later packets came first costs bytes, not time.
void reorder(transport t) {
  course c;
  for (sim::link_options* way : {&c.forth, &c.back}) {
    way->reorder = 0.25;
    way->reorder_least = 1ms;
    way->reorder_most = 30ms;
  }
  const case_result r = run_case("reordering", c, t);
  hold(r, {.reliable = 50ms, .ordered = 50ms, .answer = 100ms, .single = 100ms});
  CHECK(r.reliable.most() <= 50ms);
  CHECK(r.ordered.most() <= 50ms);
  CHECK(r.answers.most() <= 100ms);
  CHECK(r.singles.most() <= 100ms);
}

// A fifth of the packets come twice. No message does (the ledger sees to that), and none is a moment late.
void duplicate(transport t) {
  course c;
  c.forth.duplicate = c.back.duplicate = 0.2;
  const case_result r = run_case("duplicates", c, t);
  hold(r, {.reliable = 20ms, .ordered = 20ms, .answer = 40ms, .single = 40ms});
  CHECK(r.reliable.most() == 20ms);
  CHECK(r.answers.most() == 40ms);
}

// Damage is found and is a loss then; so the bars are those of 5 % loss. Not a byte of a message may differ,
// which the ledger compares. Every damaged packet is accounted for.
void corrupt(transport t) {
  course c;
  c.forth.corrupt = c.back.corrupt = 0.05;
  const case_result r = run_case("5 % damaged", c, t);
  hold(r, bars_of(c, t, independent(0.05), independent(0.05)));
  std::uint64_t damaged = 0;
  std::uint64_t found = 0;
  for (const course_result& run : r.runs) {
    damaged += run.damaged;
    found += run.damage_found;
  }
  CHECK(damaged > 0);
  CHECK(found == damaged);
}

}  // namespace

TEST_CASE("losses in bursts leave every message its promise over UDP") {
  lose_in_bursts(transport::udp);
}
TEST_CASE("losses in bursts leave every message its promise over TCP") {
  lose_in_bursts(transport::tcp);
}
TEST_CASE("reordering makes no message later than the packet that was held back over UDP") {
  reorder(transport::udp);
}
TEST_CASE("reordering makes no message later than the packet that was held back over TCP") {
  reorder(transport::tcp);
}
TEST_CASE("duplicated packets duplicate no message over UDP") {
  duplicate(transport::udp);
}
TEST_CASE("duplicated packets duplicate no message over TCP") {
  duplicate(transport::tcp);
}
TEST_CASE("damaged packets damage no message over UDP") {
  corrupt(transport::udp);
}
TEST_CASE("damaged packets damage no message over TCP") {
  corrupt(transport::tcp);
}
