// SPDX-License-Identifier: MIT
#include "udp/sim/link.h"

#include <algorithm>
#include <bitset>
#include <cmath>
#include <string>
#include <string_view>
#include <vector>

#include "tests/support/catch.h"

using namespace std::chrono_literals;
using dgram::duration;
using dgram::time_point;
using dgram::sim::arrival;
using dgram::sim::fate;
using dgram::sim::link_options;

namespace {

constexpr std::uint64_t seed = 7;
constexpr time_point start{1h};
constexpr time_point much_later = start + 1h;

std::vector<std::byte> bytes_of(std::string_view text) {
  const auto* first = reinterpret_cast<const std::byte*>(text.data());
  return {first, first + text.size()};
}

std::string text_of(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

std::vector<std::uint64_t> indices_ready(dgram::sim::link& l, time_point now) {
  std::vector<std::uint64_t> indices;
  while (const auto in = l.pop_ready(now)) indices.push_back(in->index);
  return indices;
}

std::vector<fate> fates(const link_options& options, std::uint64_t link_seed, std::uint32_t direction,
                        duration gap) {
  dgram::sim::link l(options, link_seed, direction);
  std::vector<fate> all;
  for (int i = 0; i < 2000; ++i) all.push_back(l.push(bytes_of("x"), start + i * gap));
  return all;
}

int count_flipped(std::span<const std::byte> a, std::span<const std::byte> b) {
  std::size_t flipped = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    flipped += std::bitset<8>(std::to_integer<unsigned>(a[i] ^ b[i])).count();
  }
  return static_cast<int>(flipped);
}

// Four standard deviations of a binomial count: seeds are fixed, so this either always holds or never.
void check_share(std::uint64_t count, double probability, int trials) {
  const double expected = probability * trials;
  const double deviation = std::sqrt(expected * (1 - probability));
  CHECK(std::abs(static_cast<double>(count) - expected) < 4 * deviation);
}

}  // namespace

TEST_CASE("a link without impairments delivers everything, whole, in order and after its delay", "[link]") {
  dgram::sim::link l({.delay = 20ms}, seed, 0);
  CHECK_FALSE(l.next_event());
  CHECK(l.push(bytes_of("one"), start) == fate::carried);
  CHECK(l.push(bytes_of(""), start + 1ms) == fate::carried);

  CHECK(l.next_event() == start + 20ms);
  CHECK_FALSE(l.pop_ready(start + 20ms - 1ns));
  const auto first = l.pop_ready(start + 20ms);
  REQUIRE(first);
  CHECK(text_of(first->bytes) == "one");
  CHECK(first->index == 0);
  CHECK_FALSE(first->copy);

  CHECK(l.next_event() == start + 21ms);
  const auto second = l.pop_ready(start + 25ms);
  REQUIRE(second);
  CHECK(second->bytes.empty());
  CHECK_FALSE(l.next_event());
  CHECK(l.counts().delivered == 2);
  CHECK(l.counts().closes());
}

TEST_CASE("the fate of a packet depends on seed, direction and index, and not on the time", "[link]") {
  const link_options lossy{.loss = 0.3};
  const auto once = fates(lossy, seed, 0, 1ms);
  CHECK(once == fates(lossy, seed, 0, 1ms));
  CHECK(once == fates(lossy, seed, 0, 7s));
  CHECK(once != fates(lossy, seed + 1, 0, 1ms));
  CHECK(once != fates(lossy, seed, 1, 1ms));
}

TEST_CASE("turning on another impairment does not change which packets are lost", "[link]") {
  const link_options lossy{.loss = 0.3};
  link_options everything = lossy;
  everything.jitter = 5ms;
  everything.duplicate = 0.5;
  everything.corrupt = 0.5;
  everything.reorder = 0.5;
  everything.reorder_most = 30ms;
  CHECK(fates(lossy, seed, 0, 1ms) == fates(everything, seed, 0, 1ms));
}

TEST_CASE("a packet lost at a low rate is also lost at a higher one", "[link]") {
  const auto low = fates({.loss = 0.05}, seed, 0, 1ms);
  const auto high = fates({.loss = 0.2}, seed, 0, 1ms);
  for (std::size_t i = 0; i < low.size(); ++i) {
    if (low[i] == fate::lost) CHECK(high[i] == fate::lost);
  }
}

TEST_CASE("the two directions lose independently of each other", "[link]") {
  const auto forth = fates({.loss = 0.5}, seed, 0, 1ms);
  const auto back = fates({.loss = 0.5}, seed, 1, 1ms);
  std::uint64_t same = 0;
  for (std::size_t i = 0; i < forth.size(); ++i) same += forth[i] == back[i];
  check_share(same, 0.5, static_cast<int>(forth.size()));
}

TEST_CASE("achieved loss, duplication, damage and reordering agree with what was asked for", "[link]") {
  constexpr int trials = 20000;
  const double share = GENERATE(0.01, 0.05, 0.2, 0.4);
  dgram::sim::link losing({.loss = share}, seed, 0);
  dgram::sim::link other({.duplicate = share,
                          .corrupt = share,
                          .reorder = share,
                          .reorder_least = 1ms,
                          .reorder_most = 30ms,
                          .limit = 3 * trials},
                         seed, 0);
  for (int i = 0; i < trials; ++i) {
    losing.push(bytes_of("x"), start);
    other.push(bytes_of("x"), start);
  }
  check_share(losing.counts().lost, share, trials);
  check_share(other.counts().copies, share, trials);
  const int carried = trials + static_cast<int>(other.counts().copies);
  check_share(other.counts().corrupted, share, carried);
  check_share(other.counts().held_back, share, carried);
}

TEST_CASE("jitter keeps the order and stays within its bounds", "[link]") {
  dgram::sim::link l({.delay = 10ms, .jitter = 8ms}, seed, 0);
  time_point previous{};
  for (int i = 0; i < 200; ++i) {
    const time_point sent = start + i * 1ms;
    l.push(bytes_of("x"), sent);
    while (const auto due = l.next_event()) {
      if (*due > sent) break;
      const auto in = l.pop_ready(*due);
      REQUIRE(in);
      const duration took = *due - (start + static_cast<int>(in->index) * 1ms);
      CHECK(took >= 10ms);
      CHECK(took <= 18ms);
      CHECK(*due >= previous);
      previous = *due;
    }
  }
  const auto rest = indices_ready(l, much_later);
  CHECK(std::is_sorted(rest.begin(), rest.end()));
}

TEST_CASE("jitter reorders when it is asked to", "[link]") {
  dgram::sim::link l({.delay = 10ms, .jitter = 8ms, .jitter_reorders = true}, seed, 0);
  for (int i = 0; i < 200; ++i) l.push(bytes_of("x"), start + i * 1ms);
  const auto order = indices_ready(l, much_later);
  CHECK(order.size() == 200);
  CHECK_FALSE(std::is_sorted(order.begin(), order.end()));
}

TEST_CASE("a datagram held back is overtaken by those sent soon after it", "[link]") {
  dgram::sim::link l({.delay = 10ms, .reorder = 1, .reorder_least = 30ms, .reorder_most = 30ms}, seed, 0);
  l.push(bytes_of("held back"), start);
  l.change({.delay = 10ms});
  l.push(bytes_of("on time"), start + 5ms);
  CHECK(indices_ready(l, start + 39ms) == std::vector<std::uint64_t>{1});
  CHECK(indices_ready(l, start + 40ms) == std::vector<std::uint64_t>{0});
}

TEST_CASE("a duplicated datagram arrives twice with the same bytes and is counted apart", "[link]") {
  dgram::sim::link l({.duplicate = 1}, seed, 0);
  l.push(bytes_of("twin"), start);
  const auto first = l.pop_ready(start);
  REQUIRE(first);
  CHECK(text_of(first->bytes) == "twin");
  const auto second = l.pop_ready(start);
  REQUIRE(second);
  CHECK(text_of(second->bytes) == "twin");
  CHECK(first->copy != second->copy);
  CHECK(l.counts().delivered == 1);
  CHECK(l.counts().copies_delivered == 1);
  CHECK(l.counts().closes());
}

TEST_CASE("a damaged datagram keeps its length and differs in one to eight bits", "[link]") {
  dgram::sim::link l({.corrupt = 1}, seed, 0);
  for (const std::size_t size : {1u, 2u, 64u, 1200u}) {
    const std::vector<std::byte> sent(size, std::byte{0x5a});
    for (int i = 0; i < 100; ++i) {
      l.push(sent, start);
      const auto in = l.pop_ready(start);
      REQUIRE(in);
      REQUIRE(in->bytes.size() == size);
      const int flipped = count_flipped(in->bytes, sent);
      CHECK(flipped >= 1);
      CHECK(flipped <= 8);
    }
  }
}

TEST_CASE("an outage loses what is offered during it and nothing else", "[link]") {
  dgram::sim::link l({.delay = 20ms, .outages = {{start + 10ms, start + 30ms}}}, seed, 0);
  CHECK(l.push(bytes_of("under way"), start + 5ms) == fate::carried);
  CHECK(l.push(bytes_of("gone"), start + 10ms) == fate::outage);
  CHECK(l.push(bytes_of("gone"), start + 29ms) == fate::outage);
  CHECK(l.push(bytes_of("after"), start + 30ms) == fate::carried);
  CHECK(indices_ready(l, much_later) == std::vector<std::uint64_t>{0, 3});
  CHECK(l.counts().outage == 2);
  CHECK(l.counts().closes());
}

TEST_CASE("a full link drops and counts what finds no room", "[link]") {
  dgram::sim::link l({.delay = 10ms, .duplicate = 1, .limit = 3}, seed, 0);
  CHECK(l.push(bytes_of("a"), start) == fate::carried);
  CHECK(l.push(bytes_of("b"), start) == fate::carried);
  CHECK(l.push(bytes_of("c"), start) == fate::overflow);
  CHECK(l.counts().overflow == 1);
  CHECK(l.counts().copies_overflow == 2);
  CHECK(l.counts().closes());
  CHECK(indices_ready(l, much_later).size() == 3);
  CHECK(l.push(bytes_of("d"), much_later) == fate::carried);
  CHECK(l.counts().closes());
}

TEST_CASE("a datagram can be lost by its index", "[link]") {
  dgram::sim::link l({}, seed, 0);
  l.lose(1);
  CHECK(l.push(bytes_of("a"), start) == fate::carried);
  CHECK(l.push(bytes_of("b"), start) == fate::lost);
  CHECK(l.push(bytes_of("c"), start) == fate::carried);
  CHECK(l.counts().lost == 1);
}

TEST_CASE("the counts close after every step of a link that does everything", "[link]") {
  dgram::sim::link l({.delay = 10ms,
                      .jitter = 5ms,
                      .loss = 0.2,
                      .duplicate = 0.3,
                      .corrupt = 0.1,
                      .reorder = 0.25,
                      .reorder_least = 1ms,
                      .reorder_most = 30ms,
                      .outages = {{start + 100ms, start + 150ms}},
                      .limit = 20},
                     seed, 0);
  for (int i = 0; i < 3000; ++i) {
    const time_point now = start + i * 500us;
    l.push(bytes_of("some bytes"), now);
    REQUIRE(l.counts().closes());
    while (l.pop_ready(now)) REQUIRE(l.counts().closes());
  }
  while (l.pop_ready(much_later)) REQUIRE(l.counts().closes());
  CHECK(l.counts().in_flight == 0);
  CHECK(l.counts().copies_in_flight == 0);
  CHECK(l.counts().overflow > 0);
  CHECK(l.counts().outage > 0);
}
