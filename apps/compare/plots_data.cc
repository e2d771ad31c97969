// SPDX-License-Identifier: MIT
#include "apps/compare/plots_data.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace dgram::app::compare {
namespace {

constexpr double never = std::numeric_limits<double>::infinity();
constexpr double least_ms = 0.001;  // the axes are logarithmic

double latency_ms(const sample& s) {
  return s.latency ? std::max(least_ms, in_ms(*s.latency)) : never;
}

bool has_measured(const run& r) {
  return std::any_of(r.samples.begin(), r.samples.end(), [](const sample& s) { return !s.warm_up; });
}

std::vector<double> sorted_arrivals(const run& r) {
  std::vector<double> when;
  for (const sample& s : r.samples)
    if (s.latency) when.push_back(in_ms(s.intended) + in_ms(*s.latency));
  std::sort(when.begin(), when.end());
  return when;
}

std::vector<xy> staircase(const std::vector<double>& sorted, double from_ms, double to_ms) {
  std::vector<xy> steps = {{0, 0}};
  double count = 0;
  for (const double t : sorted)
    if (t >= from_ms && t <= to_ms) steps.emplace_back(t - from_ms, ++count);
  steps.emplace_back(to_ms - from_ms, count);
  return steps;
}

burst largest_burst_of(const run& r) {
  constexpr double together_ms = 2;
  std::vector<xy> arrived;  // (when, when it should have been sent)
  for (const sample& s : r.samples)
    if (s.latency && !s.warm_up)
      arrived.emplace_back(in_ms(s.intended) + in_ms(*s.latency), in_ms(s.intended));
  std::sort(arrived.begin(), arrived.end());
  burst best;
  for (std::size_t first = 0, next = 0; next < arrived.size(); ++next) {
    while (arrived[next].first - arrived[first].first > together_ms) ++first;
    if (next - first + 1 <= best.messages) continue;
    best.messages = next - first + 1;
    best.to_ms = arrived[next].first;
    best.from_ms = arrived[first].second;
    for (std::size_t i = first; i <= next; ++i) best.from_ms = std::min(best.from_ms, arrived[i].second);
  }
  return best;
}

}  // namespace

double latencies::quantile(double p) const {
  if (total == 0) return std::numeric_limits<double>::quiet_NaN();
  // The nearest rank: the smallest latency within which at least that share came.
  const auto rank = static_cast<std::size_t>(std::ceil(p * static_cast<double>(total)));
  const std::size_t index = std::max<std::size_t>(rank, 1) - 1;
  return index < ms.size() ? ms[index] : never;
}

double latencies::share_within(double limit) const {
  if (total == 0) return std::numeric_limits<double>::quiet_NaN();
  return static_cast<double>(std::upper_bound(ms.begin(), ms.end(), limit) - ms.begin()) /
         static_cast<double>(total);
}

double latencies::share_lost() const {
  return total == 0 ? 0 : static_cast<double>(total - ms.size()) / static_cast<double>(total);
}

latencies pooled(const contender& c) {
  latencies all;
  for (const run& r : c.runs)
    for (const sample& s : r.samples) {
      if (s.warm_up) continue;
      ++all.total;
      if (s.latency) all.ms.push_back(latency_ms(s));
    }
  std::sort(all.ms.begin(), all.ms.end());
  return all;
}

std::vector<xy> tail_curve(const latencies& l, std::size_t most) {
  std::vector<xy> curve;
  const auto total = static_cast<double>(l.total);
  const double spacing = std::log10(total * 2) / static_cast<double>(most);
  for (std::size_t i = 0; i < l.ms.size(); ++i) {
    const double x = -std::log10(1 - (static_cast<double>(i) + 0.5) / total);
    if (!curve.empty() && i + 1 < l.ms.size() && x - curve.back().first < spacing) continue;
    curve.emplace_back(x, l.ms[i]);
  }
  return curve;
}

std::vector<xy> deadline_curve(const latencies& l, double from_ms, double to_ms, std::size_t count) {
  std::vector<xy> curve;
  if (l.total == 0) return curve;
  for (std::size_t i = 0; i < count; ++i) {
    const double part = static_cast<double>(i) / static_cast<double>(count - 1);
    const double deadline = from_ms * std::pow(to_ms / from_ms, part);
    curve.emplace_back(deadline, 100 * l.share_within(deadline));
  }
  return curve;
}

double seconds_before_measuring(const run& r) {
  for (const sample& s : r.samples)
    if (!s.warm_up) return in_ms(s.intended) / 1000;
  return 0;
}

std::vector<xy> over_time(const run& r, std::size_t most) {
  const double start = seconds_before_measuring(r);
  std::vector<xy> all;
  for (const sample& s : r.samples)
    if (!s.warm_up) all.emplace_back(in_ms(s.intended) / 1000 - start, latency_ms(s));
  std::stable_sort(all.begin(), all.end(), [](const xy& a, const xy& b) { return a.first < b.first; });
  if (all.size() <= most) return all;

  std::vector<xy> kept;
  const std::size_t stretch = (all.size() * 2 + most - 1) / most;
  for (std::size_t at = 0; at < all.size(); at += stretch) {
    const auto begin = all.begin() + static_cast<std::ptrdiff_t>(at);
    const auto end = all.begin() + static_cast<std::ptrdiff_t>(std::min(at + stretch, all.size()));
    auto [low, high] =
        std::minmax_element(begin, end, [](const xy& a, const xy& b) { return a.second < b.second; });
    if (low > high) std::swap(low, high);
    kept.push_back(*low);
    if (high != low) kept.push_back(*high);
  }
  return kept;
}

std::optional<std::size_t> typical_repetition(const point& p) {
  std::size_t repetitions = std::numeric_limits<std::size_t>::max();
  for (const contender& c : p.contenders) repetitions = std::min(repetitions, c.runs.size());
  if (p.contenders.empty()) return std::nullopt;
  std::vector<std::pair<std::size_t, std::size_t>> by_losses;
  for (std::size_t i = 0; i < repetitions; ++i) {
    std::size_t losses = 0;
    bool complete = true;
    for (const contender& c : p.contenders) {
      losses += c.runs[i].losses.size();
      complete = complete && c.runs[i].failure.empty() && has_measured(c.runs[i]);
    }
    if (complete) by_losses.emplace_back(losses, i);
  }
  if (by_losses.empty()) return std::nullopt;
  std::sort(by_losses.begin(), by_losses.end());
  return by_losses[by_losses.size() / 2].second;
}

burst largest_burst(const point& p, std::size_t repetition) {
  burst best;
  for (std::size_t i = 0; i < p.contenders.size(); ++i) {
    burst found = largest_burst_of(p.contenders[i].runs[repetition]);
    found.contender = i;
    if (found.messages > best.messages) best = found;
  }
  return best;
}

std::vector<xy> arrivals(const run& r, double from_ms, double to_ms) {
  return staircase(sorted_arrivals(r), from_ms, to_ms);
}

std::vector<xy> sends(const run& r, double from_ms, double to_ms) {
  std::vector<double> when;
  for (const sample& s : r.samples) when.push_back(in_ms(s.intended));
  std::sort(when.begin(), when.end());
  return staircase(when, from_ms, to_ms);
}

std::vector<xy> thinned_steps(const std::vector<xy>& steps, std::size_t most) {
  if (steps.size() <= most) return steps;
  std::vector<xy> kept;
  const std::size_t every = (steps.size() + most - 1) / most;
  for (std::size_t i = 0; i + 1 < steps.size(); i += every) kept.push_back(steps[i]);
  kept.push_back(steps.back());
  return kept;
}

}  // namespace dgram::app::compare
