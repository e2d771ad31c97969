// SPDX-License-Identifier: MIT
// Each thing that can happen to a packet has a draw of its own, and so has its copy.
#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

#include "tests/sim/statistics.h"
#include "tests/support/catch.h"
#include "udp/sim/link.h"

using namespace dgram::sim;
using namespace std::chrono_literals;
using dgram::duration;
using dgram::time_point;
using dgram::test::check_mean;
using dgram::test::check_share;

namespace {

constexpr time_point start{1h};
constexpr std::uint64_t trials = 20'000;

// What became of so many packets of that size, all at the start.
std::vector<packet_fate> fates_of(link_options options, std::size_t size = 100) {
  options.limit = 3 * trials;
  dgram::sim::link l(options, 7, 0, start);
  const std::vector<std::byte> bytes(size);
  std::vector<packet_fate> fates;
  for (std::uint64_t i = 0; i < trials; ++i) {
    l.push(bytes, start);
    fates.push_back(l.last());
  }
  return fates;
}

std::uint64_t count_if(const std::vector<packet_fate>& fates, auto&& what) {
  return static_cast<std::uint64_t>(std::count_if(fates.begin(), fates.end(), what));
}

}  // namespace

TEST_CASE("losses and copies and damage and reordering do not go together", "[draws]") {
  // Any two of independent events of 50 % fall on the same packet for 25 % of all.
  const auto losing = fates_of({.loss = 0.5});
  const auto other = fates_of({.duplicate = 0.5, .corrupt = 0.5, .reorder = 0.5, .reorder_most = 1ms});
  std::array<std::uint64_t, 6> together{};
  for (std::size_t i = 0; i < trials; ++i) {
    const bool lost = losing[i].fate == fate::lost;
    const bool copied = other[i].copy.has_value();
    const bool damaged = !other[i].flipped_bits.empty();
    const bool held = other[i].held_back;
    together[0] += lost && copied;
    together[1] += lost && damaged;
    together[2] += lost && held;
    together[3] += copied && damaged;
    together[4] += copied && held;
    together[5] += damaged && held;
  }
  for (const std::uint64_t both : together) check_share(both, 0.25, trials);
}

TEST_CASE("a copy is damaged for itself", "[draws]") {
  const auto fates = fates_of({.duplicate = 1, .corrupt = 0.5});
  const auto damaged = [](const packet_fate& f) { return !f.copy_flipped_bits.empty(); };
  const auto both = [](const packet_fate& f) {
    return !f.flipped_bits.empty() && !f.copy_flipped_bits.empty();
  };
  const auto alike = [](const packet_fate& f) {
    return !f.flipped_bits.empty() && f.flipped_bits == f.copy_flipped_bits;
  };
  check_share(count_if(fates, damaged), 0.5, trials);
  check_share(count_if(fates, both), 0.25, trials);
  // Both have one flip for 1 / 64 of them, and then the same bit of 800 by chance.
  CHECK(count_if(fates, alike) < 4);
}

TEST_CASE("a copy has jitter and reordering of its own", "[draws]") {
  const auto jittered = fates_of({.jitter = 10ms, .jitter_reorders = true, .duplicate = 1});
  check_share(count_if(jittered, [](const packet_fate& f) { return *f.copy < f.delay; }), 0.5, trials);
  const auto held = fates_of({.duplicate = 1, .reorder = 0.5, .reorder_least = 10ms, .reorder_most = 10ms});
  check_share(count_if(held, [](const packet_fate& f) { return f.held_back && *f.copy > 0ms; }), 0.25,
              trials);
}

TEST_CASE("how long a packet is held back is uniform and has nothing to do with its jitter", "[draws]") {
  const link_options plain{.jitter = 10ms, .jitter_reorders = true};
  link_options holding = plain;
  holding.reorder = 1;
  holding.reorder_least = 20ms;
  holding.reorder_most = 30ms;
  const auto jitter = fates_of(plain);
  const auto both = fates_of(holding);
  double total = 0, product = 0;
  for (std::size_t i = 0; i < trials; ++i) {
    const duration held = both[i].delay - jitter[i].delay;
    REQUIRE(held >= 20ms);
    REQUIRE(held <= 30ms);
    const double x = std::chrono::duration<double, std::milli>(held).count() - 25;
    const double y = std::chrono::duration<double, std::milli>(jitter[i].delay).count() - 5;
    total += x;
    product += x * y;
  }
  // 10 ms wide, so with the variance 100 / 12; the product of two independent ones has its square.
  check_mean(total, 0, std::sqrt(100.0 / 12), trials);
  check_mean(product, 0, 100.0 / 12, trials);
}

TEST_CASE("one to eight bits are flipped, each number as often and each bit as often", "[draws]") {
  constexpr std::size_t bits = 80;
  std::array<std::uint64_t, 9> flips{};
  std::array<std::uint64_t, bits> where{};
  std::uint64_t total = 0;
  for (const packet_fate& f : fates_of({.corrupt = 1}, bits / 8)) {
    ++flips.at(f.flipped_bits.size());
    for (const std::uint32_t bit : f.flipped_bits) ++where.at(bit);
    total += f.flipped_bits.size();
  }
  CHECK(flips[0] == 0);
  for (std::size_t n = 1; n <= 8; ++n) check_share(flips[n], 1.0 / 8, trials);
  // A packet flips 4.5 of its 80 bits on average. (Two bits of one packet are not independent, one bit of
  // many packets is.)
  for (const std::uint64_t n : where) check_share(n, 4.5 / bits, trials);
  CHECK(total > 4 * trials);
}

TEST_CASE("where one bit flips says nothing of where the next one does", "[draws]") {
  // Of the packets with two flips, one in either half of the bits: both in the lower half of theirs for 25 %.
  std::uint64_t two = 0, both_low = 0;
  for (const packet_fate& f : fates_of({.corrupt = 1}, 10)) {
    if (f.flipped_bits.size() != 2) continue;
    ++two;
    both_low += f.flipped_bits[0] < 20 && f.flipped_bits[1] < 60;
  }
  check_share(both_low, 0.25, two);
}

TEST_CASE("the size of a packet changes nothing but which of its bits are flipped", "[draws]") {
  link_options options{.delay = 5ms,
                       .jitter = 5ms,
                       .loss = 0.2,
                       .mean_burst = 3,
                       .duplicate = 0.2,
                       .corrupt = 0.2,
                       .reorder = 0.2,
                       .reorder_distance = 3};
  const auto small = fates_of(options, 40);
  const auto large = fates_of(options, 1400);
  for (std::size_t i = 0; i < trials; ++i) {
    packet_fate alike = large[i];
    alike.size = small[i].size;
    REQUIRE(alike.flipped_bits.size() == small[i].flipped_bits.size());
    REQUIRE(alike.copy_flipped_bits.size() == small[i].copy_flipped_bits.size());
    alike.flipped_bits = small[i].flipped_bits;
    alike.copy_flipped_bits = small[i].copy_flipped_bits;
    REQUIRE(alike == small[i]);
  }
}

TEST_CASE("what a caller hangs on a packet comes back with it and with its copy", "[link]") {
  dgram::sim::link l({.duplicate = 1, .reorder = 0.5, .reorder_distance = 1}, 7, 0, start);
  for (std::uint64_t i = 0; i < 20; ++i) l.push({}, start, 1000 + i);
  int out = 0;
  for (; const auto a = l.pop_ready(start + 1h); ++out) CHECK(a->tag == 1000 + a->index);
  CHECK(out == 40);
}

TEST_CASE("runs of losses are counted right at any moment", "[link]") {
  dgram::sim::link l({.loss = 0.5, .mean_burst = 6}, 7, 0, start);
  std::array<std::uint64_t, 16> ended{};
  std::size_t run = 0;
  const auto bin = [](std::size_t length) { return std::min<std::size_t>(length, 16) - 1; };
  for (int i = 0; i < 5000; ++i) {
    if (l.push({}, start) == fate::lost) {
      ++run;
    } else if (run > 0) {
      ++ended[bin(run)];
      run = 0;
    }
    auto expected = ended;
    if (run > 0) ++expected[bin(run)];
    REQUIRE(l.counts().loss_runs == expected);
  }
  CHECK(ended[15] > 0);
}
