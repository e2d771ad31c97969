// SPDX-License-Identifier: MIT
#include "apps/compare/statistics.h"

#include <cmath>
#include <set>

#include "tests/support/catch.h"

using namespace dgram::app::compare;

namespace {

constexpr double nan_value = std::numeric_limits<double>::quiet_NaN();

double sum_of(const weights& w) {
  double sum = 0;
  for (const std::uint32_t times : w) sum += times;
  return sum;
}

}  // namespace

TEST_CASE("A quantile is the least value that the fraction does not exceed") {
  std::vector<double> hundred;
  for (int i = 100; i >= 1; --i) hundred.push_back(i);
  const pooled_values pool({hundred});
  CHECK(pool.quantile(0.5, {1}) == 50);
  CHECK(pool.quantile(0.9, {1}) == 90);
  CHECK(pool.quantile(0.99, {1}) == 99);
  CHECK(pool.quantile(0.999, {1}) == 100);
  CHECK(pool.quantile(1, {1}) == 100);
  CHECK(pool.quantile(0, {1}) == 1);
  CHECK(pool.quantile(0.07, {1}) == 7);  // in binary 0.07 * 100 is more than 7
}

TEST_CASE("What never came is later than everything and is not left out") {
  // 95 of 100 arrived.
  std::vector<double> values(95, 20.0);
  values.insert(values.end(), 5, never);
  const pooled_values pool({values});
  CHECK(pool.quantile(0.95, {1}) == 20);
  CHECK(pool.quantile(0.951, {1}) == never);
  CHECK(pool.quantile(0.99, {1}) == never);
  CHECK(pool.share_within(20, {1}) == Approx(0.95));
  CHECK(pool.share_within(19.9, {1}) == 0);
}

TEST_CASE("Of no values every quantile is never and every share nothing") {
  const pooled_values pool({{}, {}});
  CHECK(pool.quantile(0.5, {1, 1}) == never);
  CHECK(pool.share_within(1, {1, 1}) == 0);
}

TEST_CASE("A repetition that is drawn twice counts twice") {
  const pooled_values pool({{1, 2}, {10, 20}});
  CHECK(pool.quantile(0.5, {1, 1}) == 2);
  CHECK(pool.quantile(1, {2, 0}) == 2);
  CHECK(pool.quantile(0.5, {0, 2}) == 10);
  CHECK(pool.quantile(0.6, {1, 2}) == 10);  // 1 2 10 10 20 20: the fourth
  CHECK(pool.share_within(2, {1, 3}) == Approx(0.25));
}

TEST_CASE("The bootstrap draws as many repetitions as there are, with replacement") {
  const bootstrap draws(5, 1);
  std::size_t drawn = 0;
  bool one_was_left_out = false;
  draws.of([&](const weights& w) {
    ++drawn;
    CHECK(sum_of(w) == 5);
    one_was_left_out = one_was_left_out || std::set<std::uint32_t>(w.begin(), w.end()).count(0) == 1;
    return 0.0;
  });
  CHECK(drawn == bootstrap::resamples + 1);
  CHECK(one_was_left_out);
}

TEST_CASE("The interval of a mean of two repetitions is the two repetitions") {
  // Of (0, 10) a resample is 0, 5 or 10 with 1/4, 1/2, 1/4: the 2.5th percentile is 0, the 97.5th is 10.
  const estimate e = bootstrap(2, 7).of([](const weights& w) { return 10.0 * w[1] / 2; });
  CHECK(e.value == 5);
  CHECK(e.low == 0);
  CHECK(e.high == 10);
}

TEST_CASE("The interval of the mean of many repetitions is that of the normal distribution") {
  // 100 repetitions of 0 and 1 in equal parts: the mean's standard error is 0.05, so 95 % lie within 0.098.
  const estimate e = bootstrap(100, 3).of([](const weights& w) {
    double sum = 0;
    for (std::size_t i = 0; i < w.size(); i += 2) sum += w[i];
    return sum / 100;
  });
  CHECK(e.value == Approx(0.5));
  CHECK(e.low == Approx(0.402).margin(0.015));
  CHECK(e.high == Approx(0.598).margin(0.015));
}

TEST_CASE("Of one repetition nothing is known but the value") {
  const estimate e = bootstrap(1, 3).of([](const weights&) { return 4.0; });
  CHECK(e == estimate{4, 4, 4});
}

TEST_CASE("The same seed draws the same resamples and another seed others") {
  const auto mean = [](const weights& w) {
    double sum = 0;
    for (std::size_t i = 0; i < w.size(); ++i) sum += w[i] * std::sqrt(static_cast<double>(i));
    return sum;
  };
  CHECK(bootstrap(9, 1).of(mean) == bootstrap(9, 1).of(mean));
  CHECK_FALSE(bootstrap(9, 1).of(mean) == bootstrap(9, 2).of(mean));
}

TEST_CASE("Only whoever does not overlap the best is worse than it") {
  // 0 overlaps 2 but not the best, which is 1.
  const std::vector<estimate> all{
      {70, 50, 80}, {30, 20, 40}, {35, 33, 60}, {never, never, never}, {nan_value, 0, 0}};
  CHECK(standing_of(all, true) == standing{{1}, {2}, {0, 3}});
  // More is better: the other way round.
  CHECK(standing_of(all, false) == standing{{3}, {}, {0, 2, 1}});
  CHECK(standing_of({}, true) == standing{});
}

TEST_CASE("Two that never arrive are not told apart") {
  const estimate lost{never, never, never};
  CHECK(overlap(lost, lost));
  CHECK(overlap({5, 1, never}, lost));
  CHECK_FALSE(overlap({5, 1, 9}, lost));
}
