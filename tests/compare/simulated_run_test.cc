// SPDX-License-Identifier: MIT
#include "apps/compare/simulated_run.h"

#include <algorithm>

#include "apps/compare/conductor.h"
#include "apps/compare/table.h"
#include "tests/support/catch.h"

using namespace dgram;
using namespace dgram::app;
using namespace dgram::app::compare;
using namespace std::chrono_literals;

namespace {

impairment link(double loss, std::uint64_t seed) {
  impairment what;
  what.up.delay = what.down.delay = 20ms;
  what.up.loss = what.down.loss = loss;
  what.seed = seed;
  return what;
}

plan short_plan(workload w = workload::telemetry) {
  plan p;
  p.work = w;
  p.measured = 1s;
  p.warm_up = 100ms;
  return p;
}

entrant called(const char* name) {
  return entrants_from(name).front();
}

std::size_t arrived(const run& r) {
  return static_cast<std::size_t>(std::count_if(r.samples.begin(), r.samples.end(),
                                                [](const sample& s) { return s.latency.has_value(); }));
}

}  // namespace

TEST_CASE("On a clean link every contender of the simulation takes the delay and no more") {
  for (const char* name : {"udp-bare", "udp", "udp-reliable", "udp-sequenced", "udp-unreliable"}) {
    CAPTURE(name);
    const run r = simulate(called(name), short_plan(), link(0, 1));
    CHECK(arrived(r) == 220);
    for (const sample& s : r.samples) CHECK(s.latency == 20ms);
    CHECK(r.first_message == 20ms);
    CHECK(r.up.lost == 0);
    CHECK(r.losses.empty());
  }
}

TEST_CASE("A request takes a round trip") {
  for (const char* name : {"udp-bare", "udp"}) {
    const run r = simulate(called(name), short_plan(workload::request), link(0, 1));
    CHECK(arrived(r) == 220);
    for (const sample& s : r.samples) CHECK(s.latency == 40ms);
  }
}

TEST_CASE("What is sent once is lost as the link loses it, and what is acknowledged arrives") {
  const run bare = simulate(called("udp-bare"), short_plan(), link(0.1, 7));
  const run udp = simulate(called("udp"), short_plan(), link(0.1, 7));
  CHECK(bare.up.packets == 220);
  CHECK(bare.up.lost == 220 - arrived(bare));
  CHECK(bare.losses.size() == bare.up.lost);
  CHECK(bare.up.bytes == 220 * (64 + 28));
  CHECK(bare.up.largest == 92);
  CHECK(arrived(udp) == 220);
  CHECK(udp.retransmissions > 0);
  CHECK(udp.reordered == 0);
}

TEST_CASE("A damaged datagram is not delivered") {
  impairment damaging = link(0, 3);
  damaging.up.corrupt = 0.2;
  const run bare = simulate(called("udp-bare"), short_plan(), damaging);
  CHECK(arrived(bare) < 200);
  CHECK(bare.up.lost == 0);
  for (const sample& s : bare.samples) CHECK((!s.latency || s.latency == 20ms));
}

TEST_CASE("What comes twice and out of order is counted") {
  impairment untidy = link(0, 3);
  untidy.up.duplicate = 0.2;
  untidy.up.jitter = 20ms;
  untidy.up.jitter_reorders = true;
  const run bare = simulate(called("udp-bare"), short_plan(), untidy);
  CHECK(bare.duplicates > 10);
  CHECK(bare.reordered > 10);
  const run udp = simulate(called("udp"), short_plan(), untidy);
  CHECK(udp.duplicates == 0);
  CHECK(udp.reordered == 0);
}

TEST_CASE("Bulk is carried whole, as fast as the window lets it") {
  plan p = short_plan(workload::bulk);
  p.size = 1100;
  p.amount = 1'000'000;
  const run r = simulate(called("udp"), p, link(0.02, 1));
  CHECK(r.samples.size() == 910);
  CHECK(arrived(r) == 910);
  CHECK(r.length > 100ms);
  CHECK(r.length < 10s);
  const run bare = simulate(called("udp-bare"), p, link(0.02, 1));
  CHECK(bare.length == 20ms);
}

TEST_CASE("A link that is dead ends the run after the drain, with everything waited for") {
  const run r = simulate(called("udp"), short_plan(), link(1, 1));
  CHECK(arrived(r) == 0);
  CHECK_FALSE(r.first_message);
  // Intended at 0, sending ended at 1.095 s, and 3 s of drain.
  CHECK(r.samples.front().waited == 4095ms);
}

TEST_CASE("A queue that is full neither stops the sender for ever nor loses its place") {
  impairment narrow = link(0, 1);
  narrow.up.rate = 1000;  // bytes per second: a tenth of what is offered
  plan p = short_plan();
  p.drain = 1s;
  const run r = simulate(called("udp"), p, narrow);
  CHECK(r.samples.size() == 220);
  CHECK(arrived(r) < 100);
}

TEST_CASE("A simulated comparison is the same for the same seed, to the byte") {
  const auto text = [](std::uint64_t seed) {
    setting s{{}, short_plan(), link(0.05, seed)};
    lineup who{entrants_from("udp-bare,udp"), 3, seed};
    const runner one = [](const entrant& e, const plan& p, const impairment& l) {
      return std::optional(run_result{simulate(e, p, l), 0});
    };
    comparison all;
    all.deadline = 100ms;
    all.points.push_back(measure(s, who, one, [](std::uint32_t, const entrant&) {}).point);
    return table_text(all, false);
  };
  CHECK(text(1) == text(1));
  CHECK(text(1) != text(2));
}
