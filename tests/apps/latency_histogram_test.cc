// SPDX-License-Identifier: MIT
#include "apps/cli/latency_histogram.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>
#include <vector>

#include "tests/support/catch.h"

using namespace dgram;
using namespace dgram::app;
using namespace std::chrono_literals;

TEST_CASE("an empty histogram answers zero") {
  const latency_histogram histogram;
  CHECK(histogram.count() == 0);
  CHECK(histogram.quantile(0.5) == 0s);
  CHECK(histogram.max() == 0s);
}

TEST_CASE("one latency is every quantile within one percent") {
  for (const duration latency :
       {duration(1ns), duration(255ns), duration(256ns), duration(210us), duration(5s), duration(100h)}) {
    latency_histogram histogram;
    histogram.record(latency);
    CAPTURE(latency.count());
    for (const double fraction : {0.0, 0.5, 0.999, 1.0}) {
      const double got = static_cast<double>(histogram.quantile(fraction).count());
      CHECK(got == Approx(static_cast<double>(latency.count())).epsilon(0.01));
    }
    CHECK(histogram.max() == latency);
  }
}

TEST_CASE("quantiles of many latencies are within one percent of the sorted list") {
  const unsigned seed = 7;
  CAPTURE(seed);
  std::mt19937_64 random(seed);
  std::lognormal_distribution<double> spread(std::log(200e3), 2.0);
  latency_histogram histogram;
  std::vector<std::int64_t> all;
  for (int i = 0; i < 100'000; ++i) {
    const auto ns = static_cast<std::int64_t>(spread(random));
    all.push_back(ns);
    histogram.record(duration(ns));
  }
  std::sort(all.begin(), all.end());
  for (const double fraction : {0.01, 0.5, 0.9, 0.99, 0.999, 0.9999}) {
    const auto rank = static_cast<std::size_t>(std::ceil(fraction * static_cast<double>(all.size()))) - 1;
    CAPTURE(fraction);
    CHECK(static_cast<double>(histogram.quantile(fraction).count()) ==
          Approx(static_cast<double>(all[rank])).epsilon(0.01));
  }
  CHECK(histogram.max().count() == all.back());
}

TEST_CASE("the extremes of the clock are counted without harm") {
  latency_histogram histogram;
  histogram.record(duration(-5));
  histogram.record(duration(std::numeric_limits<std::int64_t>::max()));
  CHECK(histogram.count() == 2);
  CHECK(histogram.quantile(0.5) == 0ns);
  CHECK(histogram.max().count() == std::numeric_limits<std::int64_t>::max());
}

TEST_CASE("two histograms add up to the histogram of both") {
  latency_histogram low;
  latency_histogram high;
  latency_histogram both;
  for (int i = 1; i <= 1000; ++i) {
    low.record(i * 1us);
    high.record(i * 1ms);
    both.record(i * 1us);
    both.record(i * 1ms);
  }
  low += high;
  CHECK(low.count() == both.count());
  for (const double fraction : {0.1, 0.5, 0.9, 0.999})
    CHECK(low.quantile(fraction) == both.quantile(fraction));
}
