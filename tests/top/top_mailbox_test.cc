// SPDX-License-Identifier: MIT
#include "apps/top/top_mailbox.h"

#include <poll.h>

#include <thread>

#include "tests/support/catch.h"

using namespace dgram::app;

namespace {

bool readable(const top_mailbox& box, int wait_ms) {
  pollfd one{box.descriptor(), POLLIN, 0};
  return ::poll(&one, 1, wait_ms) == 1;
}

top_snapshot numbered(std::size_t n) {
  top_snapshot one;
  one.here = n;
  one.peers.resize(3);
  one.peers.back().name = "a name that is too long for its string to hold it itself";
  return one;
}

}  // namespace

TEST_CASE("a snapshot waits until it is taken") {
  top_mailbox box;
  CHECK(box.empty());
  CHECK_FALSE(readable(box, 0));
  box.put(numbered(1));
  CHECK_FALSE(box.empty());
  CHECK(readable(box, 0));
  const auto taken = box.take();
  REQUIRE(taken);
  CHECK(taken->here == 1);
  CHECK(box.empty());
  CHECK_FALSE(readable(box, 0));
  CHECK_FALSE(box.take());
}

TEST_CASE("the end wakes whoever waits for a snapshot") {
  top_mailbox box;
  CHECK_FALSE(box.ended());
  box.end();
  CHECK(readable(box, 0));
  CHECK(box.ended());
}

TEST_CASE("one thread hands over and another takes and each snapshot comes whole and once") {
  constexpr std::size_t many = 1000;
  top_mailbox box;
  std::size_t last = 0;
  bool in_order = true;
  std::thread screen([&] {
    while (!box.ended()) {
      if (!readable(box, 30'000)) return;
      if (const auto next = box.take()) {
        in_order = in_order && next->here > last && next->peers.size() == 3;
        last = next->here;
      }
    }
  });
  for (std::size_t n = 1; n <= many; ++n) {
    while (!box.empty()) std::this_thread::yield();
    box.put(numbered(n));
  }
  while (!box.empty()) std::this_thread::yield();
  box.end();
  screen.join();
  CHECK(in_order);
  CHECK(last == many);
}
