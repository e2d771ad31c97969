// SPDX-License-Identifier: MIT
#include "tests/lossy/waiting_time.h"

#include <algorithm>

namespace dgram::test {
namespace {

constexpr double negligible = 1e-12;

}  // namespace

waiting_time::waiting_time() : at_(ticks(horizon) + 1) {}

std::size_t waiting_time::ticks(duration d) {
  return static_cast<std::size_t>((d + tick - duration{1}) / tick);
}

void waiting_time::add(duration at, double probability) {
  if (at <= horizon) at_[ticks(at)] += probability;
}

waiting_time waiting_time::exactly(duration d) {
  waiting_time out;
  out.add(d, 1);
  return out;
}

waiting_time waiting_time::repeated(duration first, duration step, double fails) {
  waiting_time out;
  double left = 1;
  for (duration at = first; left > negligible && at <= horizon; at += step) {
    out.add(at, left * (1 - fails));
    left *= fails;
  }
  return out;
}

waiting_time waiting_time::attempts(std::span<const duration> at, double fails_first, double fails_again) {
  waiting_time out;
  double left = 1;
  double fails = fails_first;
  for (const duration when : at) {
    out.add(when, left * (1 - fails));
    left *= fails;
    fails = fails_again;
  }
  return out;
}

waiting_time waiting_time::renewed(duration done, const waiting_time& repair, double fails) {
  waiting_time out;
  out.add(done, 1 - fails);
  for (std::size_t t = 0; t < out.at_.size(); ++t) {
    for (std::size_t r = 1; r <= t; ++r) {
      if (repair.at_[r] > negligible) out.at_[t] += fails * repair.at_[r] * out.at_[t - r];
    }
  }
  return out;
}

waiting_time waiting_time::either(double probability, const waiting_time& instead) const {
  waiting_time out;
  for (std::size_t t = 0; t < at_.size(); ++t) {
    out.at_[t] = (1 - probability) * at_[t] + probability * instead.at_[t];
  }
  return out;
}

waiting_time waiting_time::then(const waiting_time& next) const {
  waiting_time out;
  for (std::size_t a = 0; a < at_.size(); ++a) {
    if (at_[a] <= negligible) continue;
    for (std::size_t b = 0; a + b < at_.size(); ++b) out.at_[a + b] += at_[a] * next.at_[b];
  }
  return out;
}

std::vector<double> waiting_time::beyond() const {
  std::vector<double> out(at_.size());
  double left = 1;
  for (std::size_t t = 0; t < at_.size(); ++t) out[t] = std::max(left -= at_[t], 0.0);
  return out;
}

waiting_time waiting_time::behind(std::span<const duration> every) const {
  const std::vector<double> own = beyond();
  waiting_time out;
  double before = 1;
  for (std::size_t t = 0; t < at_.size(); ++t) {
    double sum = own[t];
    for (const duration e : every) {
      for (std::size_t u = t + ticks(e); u < at_.size() && own[u] > negligible; u += ticks(e)) sum += own[u];
    }
    out.at_[t] = std::max(before - std::min(sum, 1.0), 0.0);
    before = std::min(before, sum);
  }
  return out;
}

duration waiting_time::all_but(double share) const {
  const std::vector<double> left = beyond();
  const auto found = std::find_if(left.begin(), left.end(), [share](double p) { return p <= share; });
  return tick * (found - left.begin());
}

}  // namespace dgram::test
