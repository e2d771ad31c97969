// SPDX-License-Identifier: MIT
#include "udp/sim/jitter.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace dgram::sim {
namespace {

double factor(jitter_shape shape, const packet_draws& draws, passage way) {
  const double u = unit_interval(draws.bits(draw::jitter, way));
  switch (shape) {
    case jitter_shape::uniform: return u;
    case jitter_shape::normal: {
      const double v = unit_interval(draws.bits(draw::jitter_angle, way));
      const double z = std::sqrt(-2 * std::log1p(-u)) * std::cos(2 * std::numbers::pi * v);
      return std::min(std::abs(z), 4.0);
    }
    case jitter_shape::pareto: return std::min(std::pow(1 - u, -1.0 / 3) - 1, 20.0);
  }
  return 0;
}

}  // namespace

duration jitter_of(const link_options& options, const packet_draws& draws, passage way) {
  if (options.jitter == duration{0}) return duration{0};
  const double ns = static_cast<double>(options.jitter.count()) * factor(options.shape, draws, way);
  return duration(static_cast<duration::rep>(ns));
}

}  // namespace dgram::sim
