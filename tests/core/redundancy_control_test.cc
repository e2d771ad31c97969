// SPDX-License-Identifier: MIT
#include "udp/core/redundancy_control.h"

#include "tests/support/catch.h"

using namespace dgram;
using namespace std::chrono_literals;

namespace {

constexpr duration round_trip = 40ms;

// A flow over a path that loses one packet in ten.
struct flow {
  redundancy_control control;
  loss_meter meter;
  rtt_estimator rtt{250ms};
  time_point now{1h};
  int copies = 0;

  explicit flow(redundancy setting)
      : control([&] {
          session_options o;
          o.redundancy = setting;
          return o;
        }()) {
    rtt.sample(round_trip, 0ms);
    for (std::uint64_t n = 0; n < 1000; ++n) n % 10 == 0 ? meter.lost({n}) : meter.delivered({n});
  }
  void send(redundancy_control::departure d = {.fresh = true}) { control.sent(d, true, meter, rtt, now); }
  // Sends what copies are due until then.
  void wait(duration d) {
    const time_point end = now + d;
    while (control.next_copy() && *control.next_copy() <= end) {
      now = *control.next_copy();
      ++copies;
      control.copied(true, rtt, now);
    }
    now = end;
  }
};

}  // namespace

TEST_CASE(
    "a message of a thin flow leaves twice more where losses are seen, a sixteenth of the round trip apart") {
  flow f(redundancy::automatic());
  f.send();
  CHECK(f.control.next_copy() == f.now + round_trip / 16);
  f.wait(round_trip / 16);
  CHECK(f.copies == 1);
  CHECK(f.control.next_copy() == f.now + round_trip / 16);
  f.wait(1s);
  CHECK(f.copies == 2);
}

TEST_CASE("copies and repetitions of a thin flow are 1.9 a message in the mean") {
  const bool with_repetitions = GENERATE(false, true);
  flow f(redundancy::automatic());
  int repetitions = 0;
  for (int i = 0; i < 1000; ++i) {
    f.send();
    f.wait(50ms);
    if (with_repetitions && i % 5 == 0) {
      f.send({.repeats = true});
      ++repetitions;
    }
    f.wait(50ms);
  }
  CHECK(f.copies + repetitions <= 1904);
  CHECK(f.copies + repetitions >= 1890);
}

TEST_CASE(
    "a flow with two datagrams in a round trip, or others that follow at once, makes no copies of their "
    "own") {
  flow dense(redundancy::automatic());
  dense.send();
  for (int i = 0; i < 100; ++i) {
    dense.now += round_trip / 4;
    dense.send();
  }
  CHECK_FALSE(dense.control.next_copy());
  flow followed(redundancy::automatic());
  followed.send({.fresh = true, .more = true});
  CHECK_FALSE(followed.control.next_copy());
}

TEST_CASE(
    "no copies are made where redundancy is off, and as many as asked for, two at most, where it is set") {
  flow off(redundancy::off());
  off.send();
  CHECK_FALSE(off.control.next_copy());
  for (const int wanted : {1, 2, 5}) {
    flow set(redundancy{static_cast<std::uint8_t>(wanted)});
    for (int i = 0; i < 10; ++i) {
      set.send();
      set.wait(1s);
    }
    CHECK(set.copies == 10 * std::min(wanted, 2));
  }
}
