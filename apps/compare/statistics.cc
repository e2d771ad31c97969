// SPDX-License-Identifier: MIT
#include "apps/compare/statistics.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "udp/sim/random.h"

namespace dgram::app::compare {
namespace {

// 0.99 * 100 is a little more than 99 in binary.
constexpr double rounding = 1e-9;

double nearest_rank(std::vector<double>& sorted, double fraction) {
  const double rank = std::ceil(fraction * static_cast<double>(sorted.size()) - rounding);
  return sorted[static_cast<std::size_t>(std::max(rank, 1.0)) - 1];
}

}  // namespace

pooled_values::pooled_values(const std::vector<std::vector<double>>& by_repetition) {
  for (std::uint32_t r = 0; r < by_repetition.size(); ++r) {
    sizes_.push_back(by_repetition[r].size());
    for (const double v : by_repetition[r]) sorted_.push_back({v, r});
  }
  std::sort(sorted_.begin(), sorted_.end(),
            [](const value& a, const value& b) { return a.number < b.number; });
}

double pooled_values::total(const weights& w) const {
  double sum = 0;
  for (std::size_t r = 0; r < sizes_.size(); ++r) sum += double(w[r]) * static_cast<double>(sizes_[r]);
  return sum;
}

double pooled_values::quantile(double fraction, const weights& w) const {
  const double rank = std::max(1.0, std::ceil(fraction * total(w) - rounding));
  double seen = 0;
  for (const value& v : sorted_) {
    seen += w[v.repetition];
    if (seen >= rank) return v.number;
  }
  return never;
}

double pooled_values::share_within(double limit, const weights& w) const {
  const double all = total(w);
  if (all == 0) return 0;
  double within = 0;
  for (const value& v : sorted_) {
    if (v.number > limit) break;
    within += w[v.repetition];
  }
  return within / all;
}

bootstrap::bootstrap(std::size_t repetitions, std::uint64_t seed) : repetitions_(repetitions) {
  sim::random_stream random(seed);
  drawn_.assign(resamples, weights(repetitions, 0));
  for (weights& w : drawn_) {
    for (std::size_t i = 0; i < repetitions; ++i) ++w[random.below(static_cast<std::uint32_t>(repetitions))];
  }
}

estimate bootstrap::of(const std::function<double(const weights&)>& figure) const {
  estimate e;
  e.value = e.low = e.high = figure(weights(repetitions_, 1));
  if (repetitions_ < 2) return e;
  std::vector<double> values;
  values.reserve(drawn_.size());
  for (const weights& w : drawn_) {
    const double v = figure(w);
    if (!std::isnan(v)) values.push_back(v);
  }
  if (values.empty()) return e;
  std::sort(values.begin(), values.end());
  e.low = nearest_rank(values, 0.025);
  e.high = nearest_rank(values, 0.975);
  return e;
}

bool overlap(const estimate& a, const estimate& b) {
  return a.low <= b.high && b.low <= a.high;
}

standing standing_of(std::span<const estimate> all, bool less_is_better) {
  std::vector<std::size_t> order;
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (!std::isnan(all[i].value)) order.push_back(i);
  }
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return less_is_better ? all[a].value < all[b].value : all[a].value > all[b].value;
  });
  standing s;
  for (const std::size_t i : order) {
    if (s.best.empty()) {
      s.best.push_back(i);
    } else {
      (overlap(all[i], all[s.best.front()]) ? s.like_best : s.worse).push_back(i);
    }
  }
  return s;
}

}  // namespace dgram::app::compare
