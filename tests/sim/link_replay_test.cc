// SPDX-License-Identifier: MIT
#include <memory>
#include <vector>

#include "tests/support/catch.h"
#include "udp/sim/link.h"

using namespace dgram::sim;
using namespace std::chrono_literals;
using dgram::time_point;

namespace {

constexpr time_point start{1h};
const std::vector<std::byte> bytes(4);

link_options recorded(std::vector<packet_fate> fates) {
  return {.replay = std::make_shared<const std::vector<packet_fate>>(std::move(fates))};
}

std::vector<std::uint64_t> all_indices(dgram::sim::link& l) {
  std::vector<std::uint64_t> indices;
  while (const auto a = l.pop_ready(start + 1h)) indices.push_back(a->index);
  return indices;
}

}  // namespace

TEST_CASE("a recording decides alone whatever else is asked for", "[replay]") {
  link_options options = recorded({{.delay = 7ms}, {.fate = fate::lost}});
  options.loss = 1;
  options.delay = 1s;
  options.mtu = 1;
  options.outages = {{start, start + 1h}};
  dgram::sim::link l(options, 1, 0, start);
  CHECK(l.push(bytes, start) == fate::carried);
  CHECK(l.next_event() == start + 7ms);
  CHECK(l.push(bytes, start) == fate::lost);
}

TEST_CASE("past its end a recording begins again and the link says how often it was", "[replay]") {
  dgram::sim::link l(recorded({{.delay = 1ms}, {.fate = fate::lost}, {.fate = fate::too_big}}), 1, 0, start);
  std::vector<fate> fates;
  for (int i = 0; i < 7; ++i) fates.push_back(l.push(bytes, start));
  CHECK(fates == std::vector{fate::carried, fate::lost, fate::too_big, fate::carried, fate::lost,
                             fate::too_big, fate::carried});
  CHECK(l.counts().past_recording == 4);
  CHECK(l.counts().closes());
  CHECK(all_indices(l) == std::vector<std::uint64_t>{0, 3, 6});
}

TEST_CASE("a replay at another pace keeps what was in order in order", "[replay]") {
  // Recorded 10 ms apart; offered together, the first would now leave last.
  dgram::sim::link l(recorded({{.delay = 9ms}, {.delay = 5ms}, {.delay = 1ms}}), 1, 0, start);
  for (int i = 0; i < 3; ++i) l.push(bytes, start);
  CHECK(all_indices(l) == std::vector<std::uint64_t>{0, 1, 2});
}

TEST_CASE("a replay lets pass again whoever passed", "[replay]") {
  dgram::sim::link held(recorded({{.delay = 1ms, .held_back = true, .passed_by = 2}, {.delay = 1ms}}), 1, 0,
                        start);
  for (int i = 0; i < 2; ++i) held.push(bytes, start);
  held.change({.delay = 1ms});
  for (int i = 0; i < 2; ++i) held.push(bytes, start);
  CHECK(all_indices(held) == std::vector<std::uint64_t>{1, 2, 0, 3});
  dgram::sim::link overtaking(recorded({{.delay = 9ms}, {.delay = 5ms, .overtakes = true}}), 1, 0, start);
  for (int i = 0; i < 2; ++i) overtaking.push(bytes, start);
  CHECK(all_indices(overtaking) == std::vector<std::uint64_t>{1, 0});
}

TEST_CASE("flipped bits beyond a smaller packet are left out", "[replay]") {
  dgram::sim::link l(recorded({{.flipped_bits = {1, 4000}}}), 1, 0, start);
  l.push(bytes, start);
  const auto out = l.pop_ready(start);
  REQUIRE(out);
  CHECK(out->bytes[0] == std::byte{2});
}

TEST_CASE("a packet too small for any of its flipped bits is not counted as damaged", "[replay]") {
  dgram::sim::link l(recorded({{.flipped_bits = {4000}}, {.flipped_bits = {4000, 3}}}), 1, 0, start);
  l.push(bytes, start);
  CHECK(l.counts().corrupted == 0);
  l.push(bytes, start);
  CHECK(l.counts().corrupted == 1);
}

TEST_CASE("a recording of held packets only stays within the bounds of a link", "[replay]") {
  link_options options =
      recorded({{.delay = 1ms, .copy = 2ms, .held_back = true, .passed_by = 4'000'000'000}});
  options.limit = 200;
  dgram::sim::link l(options, 1, 0, start);
  for (int i = 0; i < 10'000; ++i) {
    l.push(bytes, start);
    REQUIRE(l.counts().closes());
  }
  CHECK(l.counts().overflow == 9'900);
  CHECK(l.counts().copies_overflow == 9'900);
  // 64 of 100 originals wait for others; the rest and the copies leave when they are due.
  int on_time = 0;
  while (l.pop_ready(start + 2ms)) ++on_time;
  CHECK(on_time == 36 + 100);
  CHECK(all_indices(l).size() == 64);
}

TEST_CASE("an empty recording is none", "[replay]") {
  dgram::sim::link l(recorded({}), 1, 0, start);
  CHECK(l.push(bytes, start) == fate::carried);
  CHECK(l.counts().past_recording == 0);
}
