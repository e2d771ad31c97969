// SPDX-License-Identifier: MIT
// The small containers: a heap of deadlines, a queue, a list by recency.
#include <deque>
#include <list>
#include <map>
#include <memory>
#include <vector>

#include "tests/support/catch.h"
#include "udp/core/deadline_heap.h"
#include "udp/core/recency_list.h"
#include "udp/core/ring_queue.h"
#include "udp/core/splitmix64.h"

using namespace dgram;

TEST_CASE("a deadline heap agrees with a multimap, however deadlines come, move and go") {
  std::uint64_t random = 31;
  deadline_heap<std::uint32_t> heap;
  std::vector<std::uint32_t> positions(100, not_in_heap);
  const auto place = [&](std::uint32_t key) -> std::uint32_t& { return positions[key]; };
  std::multimap<time_point, std::uint32_t> sorted;
  const auto forget = [&](std::uint32_t key) {
    std::erase_if(sorted, [&](const auto& e) { return e.second == key; });
  };
  for (int i = 0; i < 20000; ++i) {
    const auto key = static_cast<std::uint32_t>(splitmix64(random) % 100);
    if (splitmix64(random) % 3 == 0) {
      heap.remove(key, place);
      forget(key);
    } else {
      const time_point when{duration(splitmix64(random) % 50)};  // many are equal
      heap.set(key, when, place);
      forget(key);
      sorted.emplace(when, key);
    }
    REQUIRE(heap.empty() == sorted.empty());
    if (!heap.empty()) REQUIRE(heap.top().when == sorted.begin()->first);
  }
  while (!heap.empty()) {
    REQUIRE(heap.top().when == sorted.begin()->first);
    const std::uint32_t key = heap.top().key;
    heap.remove(key, place);
    forget(key);
  }
  CHECK(sorted.empty());
}

TEST_CASE("a ring queue agrees with a deque") {
  std::uint64_t random = 32;
  ring_queue<std::uint64_t> queue;
  std::deque<std::uint64_t> reference;
  for (std::uint64_t i = 0; i < 20000; ++i) {
    if (splitmix64(random) % 100 < (i / 1000 % 2 == 0 ? 70U : 30U)) {
      queue.push(i);
      reference.push_back(i);
    } else if (!reference.empty()) {
      REQUIRE(queue.front() == reference.front());
      REQUIRE(queue.pop() == reference.front());
      reference.pop_front();
    }
    REQUIRE(queue.size() == reference.size());
    REQUIRE(queue.empty() == reference.empty());
  }
  queue.clear();
  CHECK(queue.empty());
}

TEST_CASE("a ring queue holds what can only be moved") {
  ring_queue<std::unique_ptr<int>> queue;
  for (int i = 0; i < 20; ++i) queue.push(std::make_unique<int>(i));
  for (int i = 0; i < 20; ++i) CHECK(*queue.pop() == i);
}

TEST_CASE("a recency list agrees with a list that is searched") {
  std::uint64_t random = 33;
  recency_list recency;
  std::list<std::uint32_t> reference;
  for (int i = 0; i < 20000; ++i) {
    const auto slot = static_cast<std::uint32_t>(splitmix64(random) % 40);
    reference.remove(slot);
    if (splitmix64(random) % 3 == 0) {
      recency.remove(slot);
    } else {
      recency.touch(slot);
      reference.push_back(slot);
    }
    REQUIRE(recency.oldest() == (reference.empty() ? std::nullopt : std::optional(reference.front())));
  }
}
