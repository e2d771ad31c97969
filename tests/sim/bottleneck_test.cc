// SPDX-License-Identifier: MIT
#include "udp/sim/bottleneck.h"

#include <memory>
#include <vector>

#include "tests/support/catch.h"

using namespace dgram::sim;
using namespace std::chrono_literals;
using dgram::duration;
using dgram::time_point;

namespace {

constexpr time_point start{1h};
// 100 bytes take 100 ms.
const link_options slow{.rate = 1000};

// A bottleneck whose moments count from the start.
struct narrow {
  link_options options;
  bottleneck place{start};

  explicit narrow(link_options o) : options(std::move(o)) {}
  std::optional<duration> gone(std::size_t size, duration at) {
    const auto when = place.pass(options, size, start + at);
    return when ? std::optional(*when - start) : std::nullopt;
  }
};

link_options trace(std::vector<std::uint32_t> times, const queue_limit& queue = {}) {
  return {.delivery_trace = std::make_shared<const std::vector<std::uint32_t>>(std::move(times)),
          .queue = queue};
}

using moved = std::vector<std::pair<std::uint64_t, duration>>;

// From 1,000 bytes a second; how much later each leaves.
moved reschedule(narrow& n, double to_rate, duration at) {
  moved all;
  for (const auto& r : n.place.reschedule(1000, to_rate, start + at)) all.emplace_back(r.name, r.later);
  return all;
}

link_options limited(const queue_limit& queue) {
  return {.rate = 1000, .queue = queue};
}

}  // namespace

TEST_CASE("packets leave a rate one after another, each after the time that its bytes take", "[bottleneck]") {
  narrow n(slow);
  CHECK(n.gone(100, 0ms) == 100ms);
  CHECK(n.gone(50, 0ms) == 150ms);
  CHECK(n.gone(1, 10ms) == 151ms);
  CHECK(n.place.packets() == 3);
  CHECK(n.place.bytes() == 151);
  CHECK(n.gone(100, 400ms) == 500ms);
  CHECK(n.place.packets() == 1);
  narrow ethernet({.rate = 1.25e6});
  CHECK(ethernet.gone(1500, 0ms) == 1200us);
}

TEST_CASE("a time that is no whole nanosecond is rounded up for each packet", "[bottleneck]") {
  narrow n({.rate = 3});
  CHECK(n.gone(1, 0ms) == 333'333'334ns);
  CHECK(n.gone(1, 0ms) == 666'666'668ns);
}

TEST_CASE("without a rate packets leave when they come", "[bottleneck]") {
  narrow n({});
  for (int i = 0; i < 5000; ++i) CHECK(n.gone(1500, 7ms) == 7ms);
  CHECK(n.place.packets() == 0);
}

TEST_CASE("a queue of two packets has the one being sent and one more", "[bottleneck]") {
  narrow n(limited({.packets = 2}));
  CHECK(n.gone(100, 0ms) == 100ms);
  CHECK(n.gone(100, 0ms) == 200ms);
  CHECK_FALSE(n.gone(100, 100ms - 1ns));
  CHECK(n.gone(100, 100ms) == 300ms);
  CHECK_FALSE(n.gone(1, 199ms));
}

TEST_CASE("a queue in bytes takes what still fits", "[bottleneck]") {
  narrow n(limited({.bytes = 250}));
  CHECK(n.gone(100, 0ms) == 100ms);
  CHECK(n.gone(100, 0ms) == 200ms);
  CHECK_FALSE(n.gone(51, 0ms));
  CHECK(n.gone(50, 0ms) == 250ms);
  CHECK_FALSE(n.gone(1, 99ms));
  CHECK_FALSE(n.gone(101, 100ms));
  CHECK(n.gone(100, 100ms) == 350ms);
  CHECK(n.place.bytes() == 250);
  CHECK(n.gone(250, 350ms) == 600ms);
  CHECK_FALSE(n.gone(251, 600ms));
}

TEST_CASE("a queue in time refuses whoever would wait longer", "[bottleneck]") {
  narrow n(limited({.time = 150ms}));
  CHECK(n.gone(100, 0ms) == 100ms);
  CHECK(n.gone(100, 0ms) == 200ms);
  CHECK_FALSE(n.gone(100, 50ms - 1ns));
  CHECK(n.gone(100, 50ms) == 300ms);
}

TEST_CASE("of several limits each holds and without any there are 1000 packets", "[bottleneck]") {
  narrow both(limited({.packets = 3, .bytes = 120}));
  CHECK(both.gone(100, 0ms));
  CHECK_FALSE(both.gone(100, 0ms));
  CHECK(both.gone(10, 0ms));
  CHECK(both.gone(10, 0ms));
  CHECK_FALSE(both.gone(0, 0ms));
  narrow none(slow);
  for (int i = 0; i < 1000; ++i) CHECK(none.gone(1, 0ms));
  CHECK_FALSE(none.gone(1, 0ms));
}

TEST_CASE("another rate holds from the next packet on and lets the queue out as it was", "[bottleneck]") {
  narrow n(slow);
  CHECK(n.gone(100, 0ms) == 100ms);
  CHECK(n.gone(100, 0ms) == 200ms);
  n.options.rate = 2000;
  CHECK(n.gone(100, 0ms) == 250ms);
  n.options.rate = 0;
  CHECK(n.gone(100, 10ms) == 250ms);
  CHECK(n.gone(100, 300ms) == 300ms);
}

TEST_CASE("each opportunity of a trace carries 1500 bytes and the trace begins anew at its end",
          "[bottleneck]") {
  // Opportunities at 0 5 5 12, then 12+0 12+5 12+5 12+12, ...; the one at 0 is over when the first packet
  // comes.
  narrow n(trace({0, 5, 5, 12}));
  for (const duration expected : {5ms, 5ms, 12ms, 12ms, 17ms, 17ms, 24ms, 24ms, 29ms}) {
    CHECK(n.gone(1500, 0ms) == expected);
  }
}

TEST_CASE("small packets share an opportunity and a larger one takes several", "[bottleneck]") {
  narrow n(trace({10, 20}));
  CHECK(n.gone(1000, 0ms) == 10ms);
  CHECK(n.gone(1000, 0ms) == 20ms);  // 500 bytes at 10 and 500 at 20
  CHECK(n.gone(500, 1ms) == 20ms);
  CHECK(n.gone(500, 1ms) == 20ms);
  CHECK(n.gone(1, 2ms) == 30ms);
  narrow large(trace({10, 20}));
  CHECK(large.gone(4000, 0ms) == 30ms);
  CHECK(large.gone(500, 0ms) == 30ms);
  CHECK(large.gone(1, 0ms) == 40ms);
}

TEST_CASE("what an opportunity has left is wasted when the queue is empty", "[bottleneck]") {
  narrow n(trace({10, 20}));
  CHECK(n.gone(500, 0ms) == 10ms);
  CHECK(n.gone(500, 10ms) == 20ms);  // that of this moment has gone by
  CHECK(n.gone(500, 20ms) == 30ms);
  CHECK(n.gone(500, 39ms + 999'999ns) == 40ms);
  CHECK(n.gone(0, 40ms) == 50ms);
  CHECK(n.gone(1500, 1'000'000'003ms) == 1'000'000'010ms);
}

TEST_CASE("a queue in time before a trace refuses without using opportunities", "[bottleneck]") {
  narrow n(trace({10, 20}, {.time = 12ms}));
  CHECK(n.gone(1500, 0ms) == 10ms);
  CHECK_FALSE(n.gone(1500, 0ms));
  CHECK(n.gone(1500, 8ms) == 20ms);
}

TEST_CASE("a trace that comes while packets wait goes on behind them", "[bottleneck]") {
  narrow n(slow);
  CHECK(n.gone(15, 0ms) == 15ms);
  n.options = trace({10, 20});
  CHECK(n.gone(100, 1ms) == 20ms);
  n.options = trace({7, 21});
  CHECK(n.gone(100, 1ms) == 21ms);
  const link_options traced = n.options;
  n.options = slow;
  CHECK(n.gone(9, 1ms) == 30ms);
  n.options = traced;
  CHECK(n.gone(100, 1ms) == 42ms);
}

TEST_CASE("rates and sizes beyond reason give moments all the same", "[bottleneck]") {
  narrow n({.rate = 1e-300});
  for (int i = 0; i < 1000; ++i) CHECK(n.gone(65535, 0ms) == (i + 1) * 65535s);
}

TEST_CASE("at another rate what is left of each packet in the queue takes as much longer", "[bottleneck]") {
  narrow n(slow);
  for (std::uint64_t i = 0; i < 4; ++i) n.place.pass(slow, 100, start, i);  // gone at 100, 200, 300, 400 ms
  // Half of the second one is left: 100 ms at half the rate.
  CHECK(reschedule(n, 500, 150ms) == moved{{1, 50ms}, {2, 150ms}, {3, 250ms}});
  CHECK(n.place.packets() == 3);
  CHECK(n.place.wait(start + 150ms) == 500ms);
  n.options.rate = 500;
  CHECK(n.gone(100, 150ms) == 850ms);
}

TEST_CASE("a faster rate empties the queue sooner", "[bottleneck]") {
  narrow n(slow);
  for (std::uint64_t i = 0; i < 3; ++i) n.place.pass(slow, 100, start, i);
  CHECK(reschedule(n, 10'000, 0ms) == moved{{0, -90ms}, {1, -180ms}, {2, -270ms}});
  CHECK(n.place.wait(start) == 30ms);
  CHECK(n.place.wait(start + 40ms) == 0ms);
  CHECK(reschedule(n, 500, 40ms).empty());
}

TEST_CASE("a queue that waits for a trace has no rate to change", "[bottleneck]") {
  narrow n(trace({10, 20}));
  n.gone(1500, 0ms);
  CHECK(reschedule(n, 500, 1ms).empty());
  CHECK(n.gone(1500, 1ms) == 20ms);
}
