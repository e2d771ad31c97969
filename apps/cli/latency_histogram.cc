// SPDX-License-Identifier: MIT
#include "apps/cli/latency_histogram.h"

#include <algorithm>
#include <bit>
#include <cmath>

namespace dgram::app {
namespace {

constexpr unsigned step_bits = 7;  // 128 steps in each power of two
constexpr std::uint64_t steps = std::uint64_t{1} << step_bits;

// Below 2 * steps each value has a step of its own; above, `shift` low bits are dropped.
unsigned shift_of(std::uint64_t value) {
  const auto width = static_cast<unsigned>(std::bit_width(value));
  return width > step_bits + 1 ? width - step_bits - 1 : 0;
}

std::size_t index_of(std::uint64_t value) {
  const unsigned shift = shift_of(value);
  return static_cast<std::size_t>(shift * steps + (value >> shift));
}

std::uint64_t middle_of(std::size_t index) {
  if (index < 2 * steps) return index;
  const auto shift = static_cast<unsigned>(index / steps - 1);
  const std::uint64_t low = (index - shift * steps) << shift;
  return low + (std::uint64_t{1} << shift) / 2;
}

}  // namespace

void latency_histogram::record(duration latency) {
  const auto value = static_cast<std::uint64_t>(std::max<std::int64_t>(latency.count(), 0));
  const std::size_t index = index_of(value);
  if (index >= steps_.size()) steps_.resize(index + 1);
  ++steps_[index];
  ++count_;
  max_ = std::max(max_, value);
}

latency_histogram& latency_histogram::operator+=(const latency_histogram& other) {
  if (steps_.size() < other.steps_.size()) steps_.resize(other.steps_.size());
  for (std::size_t i = 0; i < other.steps_.size(); ++i) steps_[i] += other.steps_[i];
  count_ += other.count_;
  max_ = std::max(max_, other.max_);
  return *this;
}

duration latency_histogram::quantile(double fraction) const {
  const double wanted = std::ceil(std::clamp(fraction, 0.0, 1.0) * static_cast<double>(count_));
  const auto rank = std::max<std::uint64_t>(static_cast<std::uint64_t>(wanted), 1);
  std::uint64_t seen = 0;
  for (std::size_t i = 0; i < steps_.size(); ++i) {
    seen += steps_[i];
    if (seen >= rank) return duration(static_cast<std::int64_t>(std::min(middle_of(i), max_)));
  }
  return max();
}

}  // namespace dgram::app
