// SPDX-License-Identifier: MIT
#include "udp/sim/outage_schedule.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "tests/sim/statistics.h"
#include "tests/support/catch.h"

using namespace dgram::sim;
using namespace std::chrono_literals;
using dgram::duration;
using dgram::time_point;
using dgram::test::check_share;
using dgram::test::deviations;

namespace {

// No whole period of any schedule below.
constexpr time_point start{1h + 1'234'567ns};

std::vector<bool> sampled(const link_options& options, duration every, int times, std::uint64_t seed = 7,
                          std::uint32_t direction = 0) {
  outage_schedule schedule(seed, direction, start);
  std::vector<bool> out;
  for (int i = 0; i < times; ++i) out.push_back(schedule.out(options, start + i * every));
  return out;
}

}  // namespace

TEST_CASE("a planned outage begins at its first moment and is over at its last", "[outage]") {
  const link_options options{.outages = {{start + 5s, start + 6s}, {start + 1s, start + 2s}}};
  outage_schedule schedule(1, 0, start);
  CHECK_FALSE(schedule.out(options, start));
  CHECK(schedule.out(options, start + 1s));
  CHECK(schedule.out(options, start + 2s - 1ns));
  CHECK_FALSE(schedule.out(options, start + 2s));
  CHECK(schedule.out(options, start + 5500ms));
  CHECK_FALSE(schedule.out(options, start + 6s));
}

TEST_CASE("turns begin up at the start and keep their period", "[outage]") {
  const link_options options{.fades = on_off{3s, 1s}};
  outage_schedule schedule(1, 0, start);
  for (const duration round : {0s, 4s, 4000s, 4'000'000s}) {
    CHECK_FALSE(schedule.out(options, start + round));
    CHECK_FALSE(schedule.out(options, start + round + 3s - 1ns));
    CHECK(schedule.out(options, start + round + 3s));
    CHECK(schedule.out(options, start + round + 4s - 1ns));
  }
}

TEST_CASE("random fades take the share of the time that their means say", "[outage]") {
  constexpr duration every = 2ms;
  constexpr int times = 2'000'000;
  const auto out = sampled({.fades = on_off{1s, 250ms, true}}, every, times);
  // Of the time T a chain that goes down at a = 1/s and up at b = 4/s is down for a/(a+b), with the variance
  // 2 ab / ((a+b)^3 T).
  const double span = std::chrono::duration<double>(every).count() * times;
  const double down = static_cast<double>(std::count(out.begin(), out.end(), true)) / times;
  CHECK(std::abs(down - 0.2) <= deviations * std::sqrt(2 * 4 / (125 * span)));
}

TEST_CASE("random fades begin as a Poisson process", "[outage]") {
  constexpr int times = 2'000'000;
  const auto out = sampled({.fades = on_off{1s, 250ms, true}}, 2ms, times);
  std::uint64_t turns = 0, long_ones = 0;
  int began = 0;
  for (int i = 1; i < times; ++i) {
    const auto at = static_cast<std::size_t>(i);
    if (!out[at] && out[at - 1]) began = i;
    if (!out[at] || out[at - 1]) continue;
    ++turns;
    long_ones += i - began > 500;
  }
  CHECK(turns > 3000);
  // The time without a fade is exponential: e^-1 of the turns are longer than their mean.
  check_share(long_ones, std::exp(-1), turns);
}

TEST_CASE("random fades depend on the seed and the direction, and not on who asks how often", "[outage]") {
  const link_options options{.fades = on_off{1s, 250ms, true}};
  const auto often = sampled(options, 10ms, 10'000);
  const auto rarely = sampled(options, 1s, 100);
  for (std::size_t i = 0; i < rarely.size(); ++i) REQUIRE(rarely[i] == often[100 * i]);
  CHECK(often != sampled(options, 10ms, 10'000, 8));
  CHECK(often != sampled(options, 10ms, 10'000, 7, 1));
}

TEST_CASE("random fades shorter than a millisecond are stretched and keep their share", "[outage]") {
  // Else an hour without packets would cost so many draws that the program stands still for seconds.
  constexpr int times = 2'000'000;
  const auto out = sampled({.fades = on_off{1ns, 3ns, true}}, 5us, times);
  // As above, with a = 4 / ms and b = 4/3 / ms for 10 s; sampled so often that next to no turn is missed.
  const double down = static_cast<double>(std::count(out.begin(), out.end(), true)) / times;
  const double a = 4000, b = 4000.0 / 3;
  CHECK(std::abs(down - 0.75) <= deviations * std::sqrt(2 * a * b / (std::pow(a + b, 3) * 10)));
  int turns = 0;
  for (std::size_t i = 1; i < out.size(); ++i) turns += out[i] != out[i - 1];
  CHECK(turns < 2 * 10 * 1000 * 1.1);
  CHECK(turns > 2 * 10 * 1000 * 0.9);
}

TEST_CASE("fades with absurd means do not hang or overflow", "[outage]") {
  outage_schedule brief(1, 0, start);
  CHECK_FALSE(brief.out({.fades = on_off{0s, 0s, true}}, start + 10s));
  CHECK_FALSE(brief.out({.fades = on_off{0s, 0s, false}}, start + 10s));
  outage_schedule endless(1, 0, start);
  CHECK_FALSE(endless.out({.fades = on_off{876'000h, 876'000h, true}}, start + 1s));
}
