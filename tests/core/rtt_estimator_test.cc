// SPDX-License-Identifier: MIT
#include "udp/core/rtt_estimator.h"

#include "tests/support/catch.h"

using namespace dgram;
using namespace std::chrono_literals;

namespace {
constexpr duration initial = 250ms;
}

TEST_CASE("before any sample the timeout is the initial one") {
  const rtt_estimator rtt(initial);
  CHECK_FALSE(rtt.measured());
  CHECK(rtt.probe_timeout() == initial);
  CHECK(rtt.smoothed() == initial);
}

TEST_CASE("the first sample sets smoothed, least and half of it as variation (RFC 9002 section 5.3)") {
  rtt_estimator rtt(initial);
  rtt.sample(100ms, 50ms);  // the peer's delay does not count yet
  CHECK(rtt.smoothed() == 100ms);
  CHECK(rtt.least() == 100ms);
  CHECK(rtt.latest() == 100ms);
  // smoothed + 4 * 50 ms + max_ack_delay, which is min(100 / 8, 5) = 5 ms
  CHECK(rtt.probe_timeout() == 305ms);
}

TEST_CASE("later samples are weighed an eighth, their deviation a quarter, the peer's delay taken off") {
  rtt_estimator rtt(initial);
  rtt.sample(100ms, 0ms);
  rtt.sample(144ms, 4ms);  // adjusted 140: variation (3 * 50 + 40) / 4 = 47.5, smoothed (700 + 140) / 8 = 105
  CHECK(rtt.smoothed() == 105ms);
  CHECK(rtt.latest() == 144ms);
  CHECK(rtt.least() == 100ms);
  CHECK(rtt.probe_timeout() == 105ms + 4 * 47500us + 5ms);
}

TEST_CASE("a delay that would put the sample below the least is not believed") {
  rtt_estimator rtt(initial);
  rtt.sample(100ms, 0ms);
  rtt.sample(104ms, 5ms);  // 99 < 100, so 104 counts whole: (700 + 104) / 8
  CHECK(rtt.smoothed() == 100500us);
  rtt.sample(60ms, 5ms);
  CHECK(rtt.least() == 60ms);
}

TEST_CASE("an acknowledgement is held back an eighth of the path, within 1 and 5 ms") {
  rtt_estimator slow(initial), middle(initial), fast(initial);
  slow.sample(200ms, 0ms);
  middle.sample(24ms, 0ms);
  fast.sample(100us, 0ms);
  CHECK(slow.max_ack_delay() == 5ms);
  CHECK(middle.max_ack_delay() == 3ms);
  CHECK(fast.max_ack_delay() == 1ms);
}

TEST_CASE("no timeout falls below its floor, however short the path") {
  rtt_estimator rtt(initial);
  rtt.sample(0ns, 0ns);
  CHECK(rtt.probe_timeout() == 2000001ns);  // 1 ns of path, 1 ms granularity, 1 ms of the peer's patience
  for (int i = 0; i < 100; ++i) rtt.sample(1us, 0ns);
  CHECK(rtt.probe_timeout() >= 2ms);
}

TEST_CASE("the longest round trip is that of the last 128 to 256 samples, without the peer's delay") {
  rtt_estimator rtt(initial);
  CHECK(rtt.recent_max() == 0ms);
  rtt.sample(40ms, 0ms);
  rtt.sample(60ms, 5ms);
  CHECK(rtt.recent_max() == 55ms);
  CHECK(rtt.latest_path() == 55ms);
  for (int i = 0; i < 127; ++i) rtt.sample(40ms, 0ms);
  CHECK(rtt.recent_max() == 55ms);
  CHECK(rtt.samples() == 129);
  for (int i = 0; i < 129; ++i) rtt.sample(40ms, 0ms);
  CHECK(rtt.recent_max() == 40ms);
}

TEST_CASE("the spread rises with the variation and falls by a 32nd with each sample") {
  rtt_estimator rtt(initial);
  for (int i = 0; i < 1000; ++i) rtt.sample(40ms, 0ms);
  CHECK(rtt.spread() < 10us);
  rtt.sample(48ms, 0ms);  // deviates by 8
  CHECK(rtt.variation() >= 2ms);
  CHECK(rtt.spread() == rtt.variation());
  for (int i = 0; i < 10; ++i) rtt.sample(41ms, 0ms);
  CHECK(rtt.variation() < 300us);
  CHECK(rtt.spread() >= 1450us);  // 2 ms * (31/32)^10
  for (int i = 0; i < 200; ++i) rtt.sample(41ms, 0ms);
  CHECK(rtt.spread() < 10us);
}

TEST_CASE("a new session begins with what an earlier one measured, and less sure of it") {
  rtt_estimator earlier(initial), fresh(initial);
  for (int i = 0; i < 100; ++i) earlier.sample(40ms, 0ms);
  fresh.remember(earlier);
  CHECK(fresh.smoothed() == 40ms);
  CHECK(fresh.recent_max() == 40ms);
  CHECK(fresh.samples() == 0);
  CHECK(fresh.probe_timeout() == 40ms + 4 * 20ms + 5ms);
  rtt_estimator untouched(initial);
  untouched.remember(rtt_estimator(1s));
  CHECK(untouched.probe_timeout() == initial);
}
