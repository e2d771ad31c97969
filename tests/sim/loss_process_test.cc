// SPDX-License-Identifier: MIT
#include "udp/sim/loss_process.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "tests/sim/statistics.h"
#include "tests/support/catch.h"

using namespace dgram::sim;
using dgram::test::check_mean;
using dgram::test::check_share;
using dgram::test::deviations;

namespace {

constexpr std::uint64_t seed = 7;

std::vector<bool> losses(const link_options& options, std::size_t count, std::uint64_t link_seed = seed) {
  loss_process process;
  std::vector<bool> lost;
  for (std::size_t i = 0; i < count; ++i) {
    lost.push_back(process.loses(options, packet_draws(link_seed, 0, i), i));
  }
  return lost;
}

std::uint64_t count_of(const std::vector<bool>& lost) {
  return static_cast<std::uint64_t>(std::count(lost.begin(), lost.end(), true));
}

// Losses of neighbours belong together, so their number varies more than a binomial one: with x the chance of
// a loss in a state and L = 1 - p - r, which is what a state says of the next one,
//   variance = n (m (1 - m) + 2 (x_bad - x_good)^2 P(bad) P(good) L / (1 - L)),  m the mean of x.
double deviation_of(const gilbert_elliott& c, std::size_t count) {
  const double mean = share_of(c);
  const double bad = c.p / (c.p + c.r);
  const double carries = 1 - c.p - c.r;
  const double apart = c.loss_in_bad - c.loss_in_good;
  const double one = mean * (1 - mean) + 2 * apart * apart * bad * (1 - bad) * carries / (1 - carries);
  return std::sqrt(static_cast<double>(count) * one);
}

}  // namespace

TEST_CASE("bursts are lost at the share and the mean run length that were asked for", "[loss]") {
  struct asked {
    double share, burst;
  };
  const asked a = GENERATE(asked{0.01, 4}, asked{0.05, 2}, asked{0.05, 10}, asked{0.2, 4}, asked{0.5, 1.5},
                           asked{0.8, 4}, asked{0.3, 1.01});
  constexpr std::size_t count = 400'000;
  const auto lost = losses({.loss = a.share, .mean_burst = a.burst}, count);
  CAPTURE(a.share, a.burst);

  const auto chain = chain_for(a.share, a.burst);
  REQUIRE(chain);
  const double total = static_cast<double>(count_of(lost));
  CHECK(std::abs(total - a.share * count) <= deviations * deviation_of(*chain, count));

  std::uint64_t runs = 0;
  for (std::size_t i = 0; i < count; ++i) runs += lost[i] && (i + 1 == count || !lost[i + 1]);
  // The length of a run is geometric with r = 1 / burst: its variance is (1 - r) / r^2.
  check_mean(total, a.burst, std::sqrt(a.burst * a.burst - a.burst), runs);
}

TEST_CASE("a chain in netem's parameters loses what its formula says", "[loss]") {
  // (p (1-h) + r (1-k)) / (p + r)
  const gilbert_elliott chain =
      GENERATE(gilbert_elliott{0.01, 0.3, 1, 0}, gilbert_elliott{0.05, 0.25, 0.6, 0.02},
               gilbert_elliott{0.9, 0.9, 1, 0}, gilbert_elliott{0.001, 0.05, 0.9, 0.001});
  const double formula = (chain.p * chain.loss_in_bad + chain.r * chain.loss_in_good) / (chain.p + chain.r);
  CHECK(share_of(chain) == Approx(formula));
  constexpr std::size_t count = 400'000;
  const double total = static_cast<double>(count_of(losses({.chain = chain}, count)));
  CHECK(std::abs(total - formula * count) <= deviations * deviation_of(chain, count));
}

TEST_CASE("a chain that loses in its bad state alone has runs of the length of the formula", "[loss]") {
  // A loss says that the state is bad; the next packet is lost too when it stays so, 1 - r, and then with
  // 1-h. So runs are geometric: they end with e = 1 - (1 - r)(1 - h), mean 1 / e, variance (1 - e) / e^2.
  const gilbert_elliott chain = GENERATE(gilbert_elliott{0.01, 0.3, 1, 0}, gilbert_elliott{0.05, 0.1, 0.7, 0},
                                         gilbert_elliott{0.5, 0.5, 0.5, 0});
  constexpr std::size_t count = 400'000;
  const auto lost = losses({.chain = chain}, count);
  std::uint64_t runs = 0;
  for (std::size_t i = 0; i < count; ++i) runs += lost[i] && (i + 1 == count || !lost[i + 1]);
  const double ends = 1 - (1 - chain.r) * chain.loss_in_bad;
  check_mean(static_cast<double>(count_of(lost)), 1 / ends, std::sqrt(1 - ends) / ends, runs);
}

TEST_CASE("a chain that comes again after none begins anew", "[loss]") {
  loss_process process;
  const auto ask = [&](const link_options& options, std::uint64_t i) {
    return process.loses(options, packet_draws(seed, 0, i), i);
  };
  CHECK(ask({.chain = gilbert_elliott{1, 0, 1, 0}}, 0));
  CHECK_FALSE(ask({}, 1));
  // Never moves: it would lose all from the bad state that the first left behind.
  for (std::uint64_t i = 2; i < 50; ++i) CHECK_FALSE(ask({.chain = gilbert_elliott{0, 0, 1, 0}}, i));
}

TEST_CASE("a chain that never moves stays good", "[loss]") {
  const gilbert_elliott still{0, 0, 1, 0};
  CHECK(share_of(still) == 0);
  CHECK(count_of(losses({.chain = still}, 1000)) == 0);
}

TEST_CASE("the first packets of a bursty link lose the asked-for share too", "[loss]") {
  // A chain that begins in its good state would lose next to nothing of the first packets of short runs.
  constexpr std::uint64_t links = 20'000;
  std::uint64_t first = 0, third = 0;
  for (std::uint64_t s = 0; s < links; ++s) {
    const auto lost = losses({.loss = 0.1, .mean_burst = 50}, 3, s);
    first += lost[0];
    third += lost[2];
  }
  check_share(first, 0.1, links);
  check_share(third, 0.1, links);
}

TEST_CASE("bursts exist up to the share at which one packet stands between two of them", "[loss]") {
  CHECK(chain_for(0, 1));
  CHECK(chain_for(0.5, 1));
  CHECK(chain_for(0.5, 1)->p == 1);
  CHECK_FALSE(chain_for(0.501, 1));
  CHECK(chain_for(0.8, 4));
  CHECK_FALSE(chain_for(0.81, 4));
  CHECK(chain_for(0.99, 99));
  CHECK_FALSE(chain_for(1, 1000));
  CHECK_FALSE(chain_for(0.1, 0.9));
  CHECK_FALSE(chain_for(-0.1, 2));
  CHECK_FALSE(chain_for(std::numeric_limits<double>::quiet_NaN(), 2));
  CHECK_FALSE(chain_for(0.1, std::numeric_limits<double>::quiet_NaN()));
}

TEST_CASE("runs that cannot be are lost one by one and not forgotten", "[loss]") {
  CHECK(count_of(losses({.loss = 1, .mean_burst = 4}, 100)) == 100);
  CHECK(losses({.loss = 0.9, .mean_burst = 2}, 1000) == losses({.loss = 0.9}, 1000));
}

TEST_CASE("independent loss at a higher rate takes every packet that a lower rate takes", "[loss]") {
  const auto low = losses({.loss = 0.05}, 20'000);
  const auto high = losses({.loss = 0.1}, 20'000);
  check_share(count_of(low), 0.05, 20'000);
  for (std::size_t i = 0; i < low.size(); ++i) REQUIRE((!low[i] || high[i]));
}

TEST_CASE("packets on the list are lost and others are not", "[loss]") {
  const auto lost = losses({.lose_indices = {0, 3, 4, 9}}, 12);
  CHECK(lost == std::vector<bool>{1, 0, 0, 1, 1, 0, 0, 0, 0, 1, 0, 0});
}

TEST_CASE("a list leaves the draws of the other packets as they were", "[loss]") {
  const auto without = losses({.loss = 0.2, .mean_burst = 3}, 2000);
  auto with = losses({.loss = 0.2, .mean_burst = 3, .lose_indices = {10, 500}}, 2000);
  CHECK(with[10]);
  CHECK(with[500]);
  with[10] = without[10];
  with[500] = without[500];
  CHECK(with == without);
}

TEST_CASE("a list may be exchanged for another at any moment", "[loss]") {
  loss_process process;
  const auto ask = [&](const link_options& options, std::uint64_t i) {
    return process.loses(options, packet_draws(seed, 0, i), i);
  };
  const link_options first{.lose_indices = {0, 1, 2, 8}};
  for (std::uint64_t i = 0; i < 3; ++i) CHECK(ask(first, i));
  const link_options shorter{.lose_indices = {4}};
  CHECK_FALSE(ask(shorter, 3));
  CHECK(ask(shorter, 4));
  const link_options past{.lose_indices = {1, 2, 3, 6}};
  CHECK_FALSE(ask(past, 5));
  CHECK(ask(past, 6));
  CHECK_FALSE(ask({}, 7));
  CHECK(ask(first, 8));
  // Where the old list was read to its end, the new one is still ahead.
  CHECK(ask({.lose_indices = {9, 10, 11, 12, 13}}, 9));
}
