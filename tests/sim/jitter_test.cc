// SPDX-License-Identifier: MIT
#include "udp/sim/jitter.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "tests/sim/statistics.h"
#include "tests/support/catch.h"

using namespace dgram::sim;
using namespace std::chrono_literals;
using dgram::test::check_mean;
using dgram::test::check_share;

namespace {

constexpr std::size_t count = 200'000;

// In units of the scale.
std::vector<double> draws_of(jitter_shape shape, passage way = passage::original) {
  const link_options options{.jitter = 1s, .shape = shape};
  std::vector<double> all;
  for (std::size_t i = 0; i < count; ++i) {
    const dgram::duration drawn = jitter_of(options, packet_draws(7, 0, i), way);
    all.push_back(std::chrono::duration<double>(drawn).count());
  }
  return all;
}

double sum(const std::vector<double>& v) {
  double total = 0;
  for (const double x : v) total += x;
  return total;
}

std::uint64_t above(const std::vector<double>& v, double bar) {
  return static_cast<std::uint64_t>(std::count_if(v.begin(), v.end(), [bar](double x) { return x > bar; }));
}

void check_bounds(const std::vector<double>& v, double most) {
  const auto [least, greatest] = std::minmax_element(v.begin(), v.end());
  CHECK(*least >= 0);
  CHECK(*greatest <= most);
}

}  // namespace

TEST_CASE("uniform jitter lies between nothing and its scale", "[jitter]") {
  const auto v = draws_of(jitter_shape::uniform);
  check_bounds(v, 1);
  check_mean(sum(v), 0.5, 1 / std::sqrt(12.0), count);
  check_share(above(v, 0.9), 0.1, count);
}

TEST_CASE("normal jitter is the positive half of a normal law with its scale", "[jitter]") {
  const auto v = draws_of(jitter_shape::normal);
  check_bounds(v, 4);
  // |z| has the mean sqrt(2 / pi) and the variance 1 - 2 / pi; the cut at 4 takes 6e-5 of the draws.
  check_mean(sum(v), 0.797885, 0.602810, count);
  check_share(above(v, 1), 0.317311, count);
  check_share(above(v, 2), 0.0455003, count);
}

TEST_CASE("pareto jitter has a heavy tail with its scale", "[jitter]") {
  const auto v = draws_of(jitter_shape::pareto);
  check_bounds(v, 20);
  // P(X > x) = (1 + x)^-3 below the cut at 20. Mean: its integral, (1 - 21^-2) / 2. Second moment: of 2x
  // times it.
  check_mean(sum(v), 0.498866, 0.811, count);
  check_share(above(v, 1), 1.0 / 8, count);
  check_share(above(v, 9), 1.0 / 1000, count);
}

TEST_CASE("jitter of a copy is drawn apart and none is none", "[jitter]") {
  CHECK(draws_of(jitter_shape::uniform) != draws_of(jitter_shape::uniform, passage::copy));
  CHECK(jitter_of({.shape = jitter_shape::pareto}, packet_draws(7, 0, 1), passage::original) == 0ns);
}
