// SPDX-License-Identifier: MIT
#include "udp/core/probe_timer.h"

#include <array>
#include <set>

#include "tests/support/catch.h"

using namespace dgram;
using namespace std::chrono_literals;

namespace {

void check_within_a_tenth(duration interval, duration nominal) {
  CHECK(interval >= nominal * 9 / 10);
  CHECK(interval <= nominal * 11 / 10);
}

}  // namespace

TEST_CASE("probes come gently at first, then doubling, and at most two seconds apart") {
  const rtt_estimator unmeasured(250ms);
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    probe_timer timer(seed);
    for (const duration nominal : {duration(250ms), duration(375ms), duration(562500us), duration(1125ms),
                                   duration(2s), duration(2s), duration(2s)}) {
      check_within_a_tenth(timer.interval(unmeasured), nominal);
      timer.fired();
    }
  }
}

TEST_CASE("progress begins anew") {
  const rtt_estimator unmeasured(250ms);
  probe_timer timer(1);
  for (int i = 0; i < 5; ++i) timer.fired();
  timer.progress();
  check_within_a_tenth(timer.interval(unmeasured), 250ms);
}

TEST_CASE("the interval does not change until the timer fires") {
  const rtt_estimator unmeasured(250ms);
  probe_timer timer(2);
  CHECK(timer.interval(unmeasured) == timer.interval(unmeasured));
  timer.progress();  // nothing fired: nothing to begin anew
  const duration before = timer.interval(unmeasured);
  timer.progress();
  CHECK(timer.interval(unmeasured) == before);
}

TEST_CASE("peers with different seeds do not ask at one moment") {
  const rtt_estimator unmeasured(250ms);
  std::set<duration> intervals;
  for (std::uint64_t seed = 0; seed < 100; ++seed) intervals.insert(probe_timer(seed).interval(unmeasured));
  CHECK(intervals.size() > 50);
}

TEST_CASE("a path longer than the cap is still waited for") {
  rtt_estimator far(250ms);
  far.sample(3s, 0ms);  // 3 s + 4 * 1.5 s + 5 ms
  probe_timer timer(3);
  for (int i = 0; i < 10; ++i) timer.fired();
  check_within_a_tenth(timer.interval(far), 9005ms);
}
