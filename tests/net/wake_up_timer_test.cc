// SPDX-License-Identifier: MIT
#include "udp/net/wake_up_timer.h"

#include <asio/io_context.hpp>

#include "tests/support/catch.h"
#include "udp/net/clock.h"

using namespace dgram;
using namespace std::chrono_literals;

namespace {

struct fixture {
  asio::io_context context{1};
  int woken = 0;
  std::unique_ptr<wake_up_timer> timer = wake_up_timer::make(
      context.get_executor(), [this] { ++woken; }, GENERATE(false, true));
  time_point now = read_clock();

  void wait_until_woken(int times) {
    while (woken < times) {
      context.restart();
      context.run_one();
    }
  }
};

}  // namespace

TEST_CASE("a wake-up timer wakes once for each moment it is set to") {
  fixture f;
  f.timer->set(f.now, f.now);
  f.wait_until_woken(1);
  f.timer->set(f.now + 1ms, f.now);
  f.wait_until_woken(2);
  CHECK(f.context.run() == 0);  // nothing keeps it alive
  CHECK(f.woken == 2);
}

TEST_CASE("a wake-up timer moves to an earlier moment at once, and to a later one after a millisecond") {
  fixture f;
  f.timer->set(f.now + 1h, f.now);
  f.timer->set(f.now, f.now);
  f.timer->set(f.now + 1h, f.now + 999us);  // stays, and wakes for nothing
  f.wait_until_woken(1);
  f.timer->set(f.now, f.now + 1s);
  f.timer->set(f.now + 1h, f.now + 1s + 1ms);
  f.context.restart();
  f.context.poll();
  CHECK(f.woken == 1);
}

TEST_CASE("no moment leaves a wake-up timer as it is") {
  fixture f;
  f.timer->set(f.now, f.now);
  f.timer->set(std::nullopt, f.now + 1s);
  f.wait_until_woken(1);
  CHECK(f.woken == 1);
}

TEST_CASE("a wake-up timer that is cancelled wakes nobody and keeps no loop alive") {
  fixture f;
  f.timer->set(f.now, f.now);
  f.timer->cancel();
  f.context.run();
  CHECK(f.woken == 0);
}

TEST_CASE("a wake-up timer may be destroyed by what it calls") {
  asio::io_context context{1};
  std::unique_ptr<wake_up_timer> timer;
  timer = wake_up_timer::make(
      context.get_executor(), [&timer] { timer.reset(); }, GENERATE(false, true));
  timer->set(read_clock(), read_clock());
  context.run();
  CHECK(timer == nullptr);
}
