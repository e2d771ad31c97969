// SPDX-License-Identifier: MIT
// Links with a bottleneck, an MTU or fades, and what they count.
#include <memory>
#include <vector>

#include "tests/sim/statistics.h"
#include "tests/support/catch.h"
#include "udp/sim/link.h"

using namespace dgram::sim;
using namespace std::chrono_literals;
using dgram::duration;
using dgram::time_point;
using dgram::test::check_share;

namespace {

// No whole period of any schedule below.
constexpr time_point start{1h + 1'234'567ns};
constexpr std::uint64_t seed = 7;

struct narrow_link {
  dgram::sim::link link;

  explicit narrow_link(const link_options& options) : link(options, seed, 0, start) {}
  fate push(std::size_t size, duration at) { return link.push(std::vector<std::byte>(size), start + at); }
  // When each packet that is under way leaves, and which it is.
  std::vector<std::pair<std::uint64_t, duration>> departures() {
    std::vector<std::pair<std::uint64_t, duration>> all;
    while (const auto a = link.pop_ready(start + 100h)) all.emplace_back(a->index, a->due - start);
    return all;
  }
};

using schedule = std::vector<std::pair<std::uint64_t, duration>>;

}  // namespace

TEST_CASE("a packet waits for those before it and then takes the delay", "[link]") {
  // 100 bytes take 100 ms; the third finds two in a queue of two.
  narrow_link l({.delay = 20ms, .rate = 1000, .queue = {.packets = 2}});
  CHECK(l.push(100, 0ms) == fate::carried);
  CHECK(l.link.last().delay == 120ms);
  CHECK(l.push(100, 10ms) == fate::carried);
  CHECK(l.link.last().delay == 210ms);
  CHECK(l.push(100, 20ms) == fate::overflow);
  CHECK(l.push(100, 100ms) == fate::carried);
  CHECK(l.departures() == schedule{{0, 120ms}, {1, 220ms}, {3, 320ms}});
  CHECK(l.link.counts().overflow == 1);
  CHECK(l.push(10, 400ms) == fate::carried);
  CHECK(l.link.counts().queueing_total == 100ms + 190ms + 200ms + 10ms);
  CHECK(l.link.counts().queueing_longest == 200ms);
}

TEST_CASE("a link driven by a trace delivers at its opportunities and after its delay", "[link]") {
  narrow_link l({.delay = 20ms,
                 .delivery_trace = std::make_shared<const std::vector<std::uint32_t>>(
                     std::vector<std::uint32_t>{0, 4, 4, 10})});
  for (int i = 0; i < 5; ++i) l.push(1500, 1ms);
  CHECK(l.departures() == schedule{{0, 24ms}, {1, 24ms}, {2, 30ms}, {3, 30ms}, {4, 34ms}});
}

TEST_CASE("a packet takes the bytes of its headers too", "[link]") {
  narrow_link l({.rate = 1000, .queue = {.bytes = 250}, .mtu = 128, .overhead = 28});
  CHECK(l.push(101, 0ms) == fate::too_big);
  CHECK(l.push(100, 0ms) == fate::carried);
  CHECK(l.link.last().delay == 128ms);
  CHECK(l.push(95, 0ms) == fate::overflow);
  CHECK(l.push(94, 0ms) == fate::carried);
  CHECK(l.link.last().delay == 250ms);
  CHECK(l.link.last().size == 94);
}

TEST_CASE("packets above the MTU vanish and are counted", "[link]") {
  narrow_link l({.mtu = 1500});
  CHECK(l.push(1500, 0ms) == fate::carried);
  CHECK(l.push(1501, 0ms) == fate::too_big);
  CHECK(l.link.counts().too_big == 1);
  CHECK(l.link.counts().offered_bytes == 3001);
  CHECK(l.departures().size() == 1);
  CHECK(l.link.counts().delivered_bytes == 1500);
  CHECK(l.link.counts().closes());
}

TEST_CASE("a lost packet takes no room in the queue and a second copy does", "[link]") {
  narrow_link l({.lose_indices = {0}, .rate = 1000});
  CHECK(l.push(100, 0ms) == fate::lost);
  CHECK(l.push(100, 0ms) == fate::carried);
  CHECK(l.link.last().delay == 100ms);
  narrow_link twice({.duplicate = 1, .rate = 1000});
  twice.push(100, 0ms);
  CHECK(twice.link.last().copy == 200ms);
}

TEST_CASE("a shorter delay lets nothing overtake what is under way", "[link]") {
  narrow_link l({.delay = 100ms, .jitter = 10ms});
  l.push(10, 0ms);
  l.link.change({.delay = 1ms});
  l.push(10, 1ms);
  l.link.change({.rate = 1e9});
  l.push(10, 2ms);
  const auto out = l.departures();
  REQUIRE(out.size() == 3);
  for (std::uint64_t i = 0; i < 3; ++i) CHECK(out[i].first == i);
  CHECK(out[1].second == out[0].second);
}

TEST_CASE("a faster rate lets nothing overtake what waits", "[link]") {
  narrow_link l({.rate = 1000});
  for (int i = 0; i < 3; ++i) l.push(100, 0ms);
  l.link.change({.rate = 1e6});
  l.push(100, 0ms);
  l.link.change({});
  l.push(100, 0ms);
  CHECK(l.departures() ==
        schedule{{0, 100ms}, {1, 200ms}, {2, 300ms}, {3, 300ms + 100us}, {4, 300ms + 100us}});
}

TEST_CASE("what waits leaves at the new rate when the link is told when it changed", "[link]") {
  narrow_link l({.delay = 20ms, .rate = 1000});
  for (int i = 0; i < 3; ++i) l.push(100, 0ms);
  SECTION("a slower one") {
    l.link.change({.delay = 5ms, .rate = 500}, start + 150ms);
    l.push(100, 150ms);
    // The first is through; what is under way keeps its delay, and nobody overtakes.
    CHECK(l.departures() == schedule{{0, 120ms}, {1, 270ms}, {2, 470ms}, {3, 655ms}});
    CHECK(l.link.counts().queueing_total == 100ms + 250ms + 450ms + 500ms);
    CHECK(l.link.counts().queueing_longest == 500ms);
  }
  SECTION("a faster one") {
    l.link.change({.delay = 20ms, .rate = 100'000}, start + 50ms);
    CHECK(l.link.next_event() == start + 50ms + 500us + 20ms);
    l.push(100, 50ms);
    CHECK(l.departures() ==
          schedule{{0, 70ms + 500us}, {1, 71ms + 500us}, {2, 72ms + 500us}, {3, 73ms + 500us}});
  }
  SECTION("back to what it was at once") {
    l.link.change({.delay = 20ms, .rate = 500}, start + 50ms);
    l.link.change({.delay = 20ms, .rate = 1000}, start + 50ms);
    CHECK(l.departures() == schedule{{0, 120ms}, {1, 220ms}, {2, 320ms}});
    CHECK(l.link.counts().queueing_total == 600ms);
  }
  CHECK(l.link.counts().closes());
}

TEST_CASE("a packet that waits for others to pass follows them when the rate changes", "[link]") {
  narrow_link l({.reorder = 1, .reorder_distance = 2, .rate = 1000});
  l.push(100, 0ms);
  l.link.change({.rate = 1000});
  for (int i = 0; i < 2; ++i) l.push(100, 0ms);
  l.push(100, 0ms);
  l.link.change({.rate = 100}, start);
  CHECK(l.departures() == schedule{{1, 2s}, {2, 3s}, {0, 3s}, {3, 4s}});
}

TEST_CASE("capable packets that wait longer than the threshold are marked and the others are not", "[link]") {
  dgram::sim::link l({.rate = 1000, .ecn_threshold = 150ms}, seed, 0, start);
  const std::vector<std::byte> packet(100);
  // They wait 0, 100, 200, 300 and 400 ms for those before them.
  for (const bool capable : {true, true, true, false, true}) l.push(packet, start, 0, capable);
  std::vector<bool> marked;
  while (const auto a = l.pop_ready(start + 1h)) marked.push_back(a->congestion_marked);
  CHECK(marked == std::vector<bool>{false, false, true, false, true});
  CHECK(l.counts().congestion_marked == 2);
  l.change({.rate = 1000});
  for (int i = 0; i < 10; ++i) l.push(packet, start + 1h, 0, true);
  CHECK(l.counts().congestion_marked == 2);
}

TEST_CASE("a smaller MTU takes what comes after it and not what is under way", "[link]") {
  narrow_link l({.delay = 20ms, .mtu = 1500, .overhead = 28});
  CHECK(l.push(1472, 0ms) == fate::carried);
  l.link.change({.delay = 20ms, .mtu = 1280, .overhead = 28}, start + 1ms);
  CHECK(l.push(1253, 1ms) == fate::too_big);
  CHECK(l.push(1252, 1ms) == fate::carried);
  CHECK(l.departures() == schedule{{0, 20ms}, {2, 21ms}});
}

TEST_CASE("packets held back until others pass leave right behind them", "[link]") {
  narrow_link l({.delay = 10ms, .reorder = 1, .reorder_distance = 2});
  l.push(1, 0ms);
  CHECK(l.link.last().held_back);
  CHECK(l.link.last().passed_by == 2);
  CHECK(l.link.last().delay == 10ms);
  l.link.change({.delay = 10ms});
  for (int i = 1; i < 4; ++i) l.push(1, i * 1ms);
  CHECK(l.departures() == schedule{{1, 11ms}, {2, 12ms}, {0, 12ms}, {3, 13ms}});
  l.link.change({.delay = 10ms, .reorder = 1, .reorder_distance = 2});
  l.push(1, 1s);
  CHECK(l.departures() == schedule{{4, 2010ms}});
}

TEST_CASE("reordering by distance holds the asked-for share back", "[link]") {
  constexpr std::uint64_t trials = 20'000;
  narrow_link l({.reorder = 0.1, .reorder_distance = 3, .limit = trials});
  for (std::uint64_t i = 0; i < trials; ++i) l.push(1, 0ms);
  check_share(l.link.counts().held_back, 0.1, trials);
}

TEST_CASE("runs of losses are counted by their length and those from 16 on together", "[link]") {
  std::vector<std::uint64_t> list{0, 5, 6, 8, 9};
  for (std::uint64_t i = 20; i < 36; ++i) list.push_back(i);
  for (std::uint64_t i = 40; i < 90; ++i) list.push_back(i);
  narrow_link l({.lose_indices = list});
  for (int i = 0; i < 90; ++i) l.push(1, 0ms);
  std::array<std::uint64_t, 16> expected{};
  expected[0] = 1;
  expected[1] = 2;
  expected[15] = 2;  // the last of them still goes on
  CHECK(l.link.counts().loss_runs == expected);
}

TEST_CASE("the asked-for loss is that of whichever law is in force", "[link]") {
  CHECK(asked_loss({}) == 0);
  CHECK(asked_loss({.loss = 0.05}) == 0.05);
  CHECK(asked_loss({.loss = 0.05, .mean_burst = 4}) == 0.05);
  CHECK(asked_loss({.chain = gilbert_elliott{0.1, 0.3, 1, 0}}) == Approx(0.25));
}

TEST_CASE("what a fade takes is counted apart from losses", "[link]") {
  narrow_link l({.fades = on_off{3s, 1s}});
  for (int i = 0; i < 400; ++i) l.push(1, i * 10ms);
  CHECK(l.link.counts().outage == 100);
  CHECK(l.link.counts().lost == 0);
  CHECK(l.link.counts().closes());
}

TEST_CASE("a loss does not shift when the link is out", "[link]") {
  // The turn that a lost packet would have met is drawn all the same, with the means of its moment.
  const auto outages = [](const std::vector<std::uint64_t>& list) {
    narrow_link l({.lose_indices = list, .fades = on_off{1s, 1s, true}});
    l.push(1, 0ms);
    l.push(1, 60s);
    l.link.change({.fades = on_off{20ms, 20ms, true}});
    std::vector<fate> fates;
    for (int i = 1; i <= 500; ++i) fates.push_back(l.push(1, 60s + i * 5ms));
    return fates;
  };
  CHECK((outages({1}) == outages({})));
}

TEST_CASE("random fades count from the start of the link", "[link]") {
  const auto outages = [](time_point begin) {
    dgram::sim::link l({.fades = on_off{100ms, 100ms, true}}, seed, 0, begin);
    std::vector<fate> fates;
    for (int i = 0; i < 500; ++i) fates.push_back(l.push({}, begin + i * 5ms));
    return fates;
  };
  CHECK((outages(start) == outages(start + 12'345'678'901ns)));
}
