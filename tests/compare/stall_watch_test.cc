// SPDX-License-Identifier: MIT
#include "apps/compare/stall_watch.h"

#include "apps/compare/wire_watch.h"
#include "tests/support/catch.h"

using namespace dgram;
using namespace dgram::app;
using namespace dgram::app::compare;
using namespace std::chrono_literals;

TEST_CASE("Standstills that touch are one, and count from the start of the run") {
  const time_point start{1h};
  impaired_path path({}, start);
  const wire_watch watch(path);
  run r;
  watch.fill_in(r, start,
                {{start + 50ms, start + 60ms},
                 {start - 20ms, start + 7ms},
                 {start - 30ms, start - 10ms},
                 {start + 55ms, start + 80ms},
                 {start + 90ms, start + 99ms}});
  CHECK(r.stalls == std::vector<stall>{{0ms, 7ms}, {50ms, 80ms}, {90ms, 99ms}});
}

TEST_CASE("A link that forwards late says from when to when") {
  const time_point start{1h};
  impairment what;
  what.up.delay = 20ms;
  impaired_path path(what, start);
  const wire_watch watch(path);
  const std::array<std::byte, 40> packet{};
  const auto forwarded = [](side, const sim::arrival&) {};
  path.push(side::client, packet, 0, start);
  path.deliver_due(start + 24ms, forwarded);  // a timer's and a scheduler's rounding
  path.push(side::client, packet, 0, start + 30ms);
  path.push(side::client, packet, 0, start + 32ms);
  path.deliver_due(start + 70ms, forwarded);
  run r;
  watch.fill_in(r, start);
  CHECK(r.stalls == std::vector<stall>{{50ms, 70ms}});
}

TEST_CASE("A watch that has ended tells what it saw and what it took") {
  stall_watch watch;
  watch.stop();
  watch.stop();
  for (const auto& [due, woke] : watch.seen()) CHECK(woke - due > noticed_standstill);
  CHECK(watch.cpu() > 0ns);
}
