// SPDX-License-Identifier: MIT
#include "udp/sim/departure_queue.h"

#include <vector>

#include "tests/support/catch.h"

using namespace dgram::sim;
using namespace std::chrono_literals;
using dgram::time_point;

namespace {

constexpr time_point start{1h};

struct departures {
  departure_queue queue;

  void put(std::uint64_t index, time_point due) {
    queue.put({.index = index}, {}, due);
    queue.passed(due);
  }
  void hold(std::uint64_t index, time_point due, std::uint32_t distance) {
    queue.hold({.index = index}, {}, due, due + 1s, distance);
  }
  // What leaves until then, in its order; each at the moment that next said.
  std::vector<std::uint64_t> until(time_point end) {
    std::vector<std::uint64_t> indices;
    while (queue.next() && *queue.next() <= end) {
      const time_point said = *queue.next();
      const auto out = queue.pop(said);
      REQUIRE(out);
      CHECK(out->due == said);
      indices.push_back(out->label.index);
    }
    return indices;
  }
};

using order = std::vector<std::uint64_t>;

}  // namespace

TEST_CASE("packets leave by their time and those of one moment as they came", "[departures]") {
  departures d;
  d.put(0, start + 2ms);
  d.put(1, start + 1ms);
  d.put(2, start + 2ms);
  CHECK(d.queue.size() == 3);
  CHECK(d.queue.next() == start + 1ms);
  CHECK_FALSE(d.queue.pop(start));
  CHECK(d.until(start + 1ms) == order{1});
  CHECK(d.until(start + 1h) == order{0, 2});
  CHECK(d.queue.size() == 0);
  CHECK_FALSE(d.queue.next());
}

TEST_CASE("a held packet leaves right after the last that was to pass it", "[departures]") {
  departures d;
  d.hold(0, start + 1ms, 2);
  CHECK(d.queue.next() == start + 1001ms);
  d.put(1, start + 2ms);
  CHECK(d.until(start + 10ms) == order{1});
  d.put(2, start + 30ms);
  CHECK(d.queue.next() == start + 30ms);
  d.put(3, start + 30ms);
  CHECK(d.until(start + 1h) == order{2, 0, 3});
}

TEST_CASE("a held packet never leaves before its own time", "[departures]") {
  departures d;
  d.hold(0, start + 5ms, 1);
  d.put(1, start + 2ms);
  d.put(2, start + 4ms);
  CHECK(d.until(start + 1h) == order{1, 2, 0});
}

TEST_CASE("a held packet that nobody follows leaves at its latest time", "[departures]") {
  departures d;
  d.hold(0, start, 2);
  d.put(1, start + 1ms);
  CHECK(d.until(start + 999ms) == order{1});
  CHECK(d.until(start + 1s) == order{0});
  d.put(2, start + 2s);
  CHECK(d.until(start + 1h) == order{2});
  CHECK(d.queue.size() == 0);
}

TEST_CASE("a held packet does not wait for one that leaves after its latest time", "[departures]") {
  departures d;
  d.hold(0, start, 1);
  d.put(1, start + 5s);
  CHECK(d.until(start + 1s) == order{0});
  CHECK(d.until(start + 1h) == order{1});
}

TEST_CASE("one held packet at its latest time does not hurry another", "[departures]") {
  departures d;
  d.hold(0, start, 5);
  d.hold(1, start + 500ms, 1);
  CHECK(d.until(start + 1s) == order{0});
  CHECK(d.queue.next() == start + 1500ms);
  d.put(2, start + 1100ms);
  CHECK(d.until(start + 1100ms) == order{2, 1});
}

TEST_CASE("a held packet leaves behind the slowest of those that were to pass it", "[departures]") {
  departures d;
  d.hold(0, start + 1ms, 2);
  d.put(1, start + 30ms);
  d.put(2, start + 10ms);
  d.put(3, start + 40ms);
  CHECK(d.until(start + 1h) == order{2, 1, 0, 3});
}

TEST_CASE("held packets do not pass each other", "[departures]") {
  departures d;
  d.hold(0, start, 2);
  d.hold(1, start, 1);
  d.put(2, start + 1ms);
  d.put(3, start + 2ms);
  CHECK(d.until(start + 1h) == order{2, 1, 3, 0});
}

TEST_CASE("how many are held is bounded and counts packets alone", "[departures]") {
  departures d;
  std::uint64_t index = 0;
  while (d.queue.can_hold()) d.hold(index++, start, 1);
  CHECK(index == 64);
  CHECK(d.until(start + 1h).size() == 64);
  CHECK_FALSE(d.queue.can_hold());
  d.put(index, start + 2h);
  CHECK(d.queue.can_hold());
}

TEST_CASE("the bytes of a packet stay until the next call and their room is used again", "[departures]") {
  departure_queue queue;
  const std::vector<std::byte> sent(3, std::byte{7});
  queue.put({.index = 1, .copy = true, .tag = 9}, sent, start)[1] = std::byte{8};
  const auto out = queue.pop(start);
  REQUIRE(out);
  CHECK(out->label.copy);
  CHECK(out->label.tag == 9);
  CHECK(std::vector(out->bytes.begin(), out->bytes.end()) ==
        std::vector{std::byte{7}, std::byte{8}, std::byte{7}});
  const std::byte* const room = out->bytes.data();
  CHECK(queue.put({}, sent, start).data() == room);
}
