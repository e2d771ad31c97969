// SPDX-License-Identifier: MIT
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "tests/support/catch.h"
#include "tests/support/count_allocations.h"
#include "udp/sim/link.h"

namespace {

using namespace dgram::sim;
using namespace std::chrono_literals;
using dgram::time_point;
using dgram::test::allocations;

constexpr time_point start{1h};

// 20,000 packets a second.
std::uint64_t allocations_in(dgram::sim::link& l, int from, int until) {
  const std::vector<std::byte> bytes(1200);
  const std::uint64_t before = allocations;
  for (int i = from; i < until; ++i) {
    const time_point now = start + i * 50us;
    l.push(bytes, now);
    while (l.pop_ready(now)) {
    }
  }
  return allocations - before;
}

}  // namespace

TEST_CASE("a link that is warm allocates nothing for a packet", "[link]") {
  link_options options{.delay = 20ms,
                       .jitter = 5ms,
                       .shape = jitter_shape::pareto,
                       .jitter_reorders = true,
                       .loss = 0.05,
                       .mean_burst = 4,
                       .lose_indices = {100, 30'000},
                       .duplicate = 0.05,
                       .corrupt = 0.05,
                       .reorder = 0.05};
  SECTION("held back for a time") {
    options.reorder_most = 10ms;
  }
  SECTION("held back for others to pass") {
    options.reorder_distance = 3;
  }
  SECTION("at a rate") {
    options.rate = 20e6;
    options.queue.packets = 50;
    options.fades = on_off{100ms, 10ms, true};
  }
  SECTION("by a trace") {
    options.delivery_trace = std::make_shared<const std::vector<std::uint32_t>>(100, 4u);
  }
  dgram::sim::link l(options, 7, 0, start);
  allocations_in(l, 0, 40'000);
  CHECK(allocations_in(l, 40'000, 80'000) == 0);
}

TEST_CASE("a recording is met again without allocating", "[link]") {
  std::vector<packet_fate> fates(100);
  for (packet_fate& f : fates) f.delay = 20ms;
  fates[7].copy = 30ms;
  fates[8].flipped_bits = {1, 2, 3};
  fates[9].held_back = true;
  fates[9].passed_by = 3;
  const link_options options{.replay = std::make_shared<const std::vector<packet_fate>>(std::move(fates))};
  dgram::sim::link l(options, 7, 0, start);
  allocations_in(l, 0, 10'000);
  CHECK(allocations_in(l, 10'000, 20'000) == 0);
}
