// SPDX-License-Identifier: MIT
// Who may overtake whom.
#include <algorithm>
#include <utility>
#include <vector>

#include "tests/sim/random_options.h"
#include "tests/support/catch.h"
#include "tests/support/seed.h"
#include "udp/sim/link.h"

using namespace dgram::sim;
using namespace std::chrono_literals;
using dgram::duration;
using dgram::time_point;
using dgram::test::random_options;
using dgram::test::seed_or;
using dgram::test::seeds_or;

namespace {

constexpr time_point start{1h + 1'234'567ns};
const std::vector<std::byte> bytes(4);
using schedule = std::vector<std::pair<std::uint64_t, duration>>;

// Copies left out.
schedule departures(dgram::sim::link& l) {
  schedule all;
  while (const auto a = l.pop_ready(start + 100h)) {
    if (!a->copy) all.emplace_back(a->index, a->due - start);
  }
  return all;
}

}  // namespace

TEST_CASE("a packet held back for a time overtakes nobody itself when the delay gets shorter", "[link]") {
  dgram::sim::link l({.delay = 100ms}, 7, 0, start);
  l.push(bytes, start);
  l.change({.delay = 1ms, .reorder = 1, .reorder_least = 5ms, .reorder_most = 5ms});
  l.push(bytes, start + 1ms);
  CHECK(departures(l) == schedule{{0, 100ms}, {1, 105ms}});
}

TEST_CASE("a packet held back by distance overtakes nobody itself when nobody follows", "[link]") {
  dgram::sim::link l({.delay = 10s}, 7, 0, start);
  l.push(bytes, start);
  l.change({.delay = 1ms, .reorder = 1, .reorder_distance = 2});
  l.push(bytes, start);
  CHECK(departures(l) == schedule{{0, 10s}, {1, 11s}});
}

TEST_CASE("a packet held back by nothing leaves at its own time whoever is before it", "[link]") {
  dgram::sim::link l({.delay = 40ms}, 7, 0, start);
  l.push(bytes, start);
  l.change({.delay = 10ms, .reorder = 1});
  l.push(bytes, start);
  CHECK(departures(l) == schedule{{1, 10ms}, {0, 40ms}});
}

TEST_CASE("whoever is overtaken was held back unless jitter may reorder", "[link]") {
  const std::uint64_t first = seed_or(1);
  std::uint64_t overtaken = 0;
  for (std::uint64_t seed = first; seed < first + seeds_or(400); ++seed) {
    CAPTURE(seed);
    random_stream random(seed);
    const auto drawn = [&random] {
      link_options o = random_options(random, start);
      o.jitter_reorders = false;
      o.reorder_most = std::max(o.reorder_most, duration(1ms));  // not by nothing
      return o;
    };
    dgram::sim::link l(drawn(), seed, 0, start);
    std::vector<bool> held;
    for (int i = 0; i < 300; ++i) {
      l.push(bytes, start + i * 2ms);
      held.push_back(l.last().held_back);
      if (random.chance(0.02)) l.change(drawn(), start + i * 2ms);
    }
    std::uint64_t furthest = 0;
    for (const auto& [index, when] : departures(l)) {
      if (index < furthest) {
        REQUIRE(held[index]);
        ++overtaken;
      }
      furthest = std::max(furthest, index);
    }
  }
  CHECK(overtaken > 0);
}

TEST_CASE("a copy that passes does not let a held packet go", "[link]") {
  dgram::sim::link l({.reorder = 1, .reorder_distance = 2}, 7, 0, start);
  l.push(bytes, start);
  l.change({.duplicate = 1});
  l.push(bytes, start + 1ms);
  l.push(bytes, start + 2ms);
  CHECK(departures(l) == schedule{{1, 1ms}, {2, 2ms}, {0, 2ms}});
}

TEST_CASE("a held packet waits until as many have passed even where jitter reorders them", "[link]") {
  dgram::sim::link l({.reorder = 1, .reorder_distance = 3}, 7, 0, start);
  l.push(bytes, start);
  l.change({.jitter = 50ms, .jitter_reorders = true});
  for (int i = 1; i <= 3; ++i) l.push(bytes, start + i * 1us);
  const schedule out = departures(l);
  REQUIRE(out.size() == 4);
  CHECK(out.back().first == 0);
  CHECK(out.back().second == out[2].second);
}
