// SPDX-License-Identifier: MIT
#include "apps/compare/setting.h"

#include <numeric>
#include <utility>

#include "udp/sim/random.h"

namespace dgram::app::compare {
namespace {

// Apart from the draws of links, which have seeds of their own.
constexpr std::uint64_t order_purpose = 0x6f72646572;  // "order"

}  // namespace

std::uint64_t seed_of(const lineup& l, std::uint32_t repetition) {
  return sim::mix(sim::mix(l.seed) ^ repetition) >> 32;
}

// Fisher and Yates.
std::vector<std::size_t> order_of(const lineup& l, std::uint32_t repetition) {
  std::vector<std::size_t> order(l.entrants.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  sim::random_stream random(sim::mix(l.seed ^ order_purpose) ^ repetition);
  for (std::size_t i = order.size(); i > 1; --i) {
    std::swap(order[i - 1], order[random.below(static_cast<std::uint32_t>(i))]);
  }
  return order;
}

}  // namespace dgram::app::compare
