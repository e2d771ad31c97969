// SPDX-License-Identifier: MIT
#include "tests/sim/random_options.h"

#include <array>

namespace dgram::test {
namespace {

using sim::link_options;
using sim::random_stream;
using std::chrono::microseconds;
using std::chrono::milliseconds;

double share(random_stream& random) {
  constexpr std::array shares{0.0, 0.01, 0.1, 0.4, 1.0};
  return shares.at(random.below(shares.size()));
}

void draw_losses(random_stream& random, link_options& o) {
  switch (random.below(4)) {
    case 0: break;
    case 1: o.loss = share(random); break;
    case 2:
      o.loss = share(random);
      o.mean_burst = 1 + random.below(8);
      break;
    default: o.chain = sim::gilbert_elliott{share(random), share(random), share(random), share(random)};
  }
  for (std::uint64_t i = 0; random.chance(0.7); i += random.below(50)) o.lose_indices.push_back(i);
}

void draw_bottleneck(random_stream& random, link_options& o) {
  if (random.chance(0.3)) {
    o.rate = 1000.0 * random.between(10, 5000);
  } else if (random.chance(0.3)) {
    std::vector<std::uint32_t> times;
    std::uint32_t at = 0;
    for (std::uint32_t i = 0; i <= random.below(20); ++i) times.push_back(at += random.below(9));
    times.push_back(at + 1);
    o.delivery_trace = std::make_shared<const std::vector<std::uint32_t>>(std::move(times));
  }
  if (random.chance(0.4)) o.queue.packets = random.below(20);
  if (random.chance(0.3)) o.queue.bytes = random.below(20'000);
  if (random.chance(0.3)) o.queue.time = milliseconds(random.below(100));
  if (random.chance(0.2)) o.mtu = random.between(1, 1500);
  if (random.chance(0.3)) o.overhead = 28;
}

void draw_reordering(random_stream& random, link_options& o) {
  o.jitter_reorders = random.chance(0.3);
  o.reorder = share(random);
  if (random.chance(0.5)) {
    o.reorder_distance = random.between(1, 100);
  } else {
    o.reorder_least = milliseconds(random.below(10));
    o.reorder_most = o.reorder_least + milliseconds(random.below(30));
  }
}

void draw_outages(random_stream& random, link_options& o, time_point start) {
  while (random.chance(0.3)) {
    const time_point from = start + milliseconds(random.below(2000));
    o.outages.push_back({from, from + milliseconds(random.below(300))});
  }
  if (random.chance(0.3)) {
    o.fades =
        sim::on_off{milliseconds(random.below(500)), milliseconds(random.below(100)), random.chance(0.5)};
  }
}

}  // namespace

link_options random_options(random_stream& random, time_point start) {
  link_options o;
  if (random.chance(0.7)) o.delay = microseconds(random.below(50'000));
  if (random.chance(0.5)) o.jitter = microseconds(random.below(20'000));
  o.shape = sim::jitter_shape{static_cast<std::uint8_t>(random.below(3))};
  draw_losses(random, o);
  draw_bottleneck(random, o);
  draw_outages(random, o, start);
  if (random.chance(0.5)) draw_reordering(random, o);
  if (random.chance(0.4)) o.duplicate = share(random);
  if (random.chance(0.4)) o.corrupt = share(random);
  if (random.chance(0.3)) o.limit = random.below(60);
  return o;
}

}  // namespace dgram::test
