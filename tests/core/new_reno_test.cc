// SPDX-License-Identifier: MIT
#include "udp/core/new_reno.h"

#include "tests/core/bottleneck_model.h"
#include "tests/support/catch.h"

using namespace dgram;
using namespace dgram::test;
using namespace std::chrono_literals;

namespace {

constexpr std::uint64_t datagram = 1472;
constexpr std::uint64_t initial = 14'720;

// Tells the controller of acknowledgements, a packet at a time, on a path of 100 ms.
struct told {
  new_reno reno{datagram};
  time_point now{1s};
  std::uint64_t delivered = 0;

  congestion_controller::acknowledgement next(std::uint64_t acked, std::uint64_t lost = 0) {
    now += 1ms;
    congestion_controller::acknowledgement a;
    a.now = now;
    a.acked_bytes = acked;
    a.lost_bytes = lost;
    a.newest_lost_sent = now - 100ms;
    a.round_trip = 100ms;
    a.window_limited = true;
    a.rate = rate_sample{};
    a.rate->delivered_before = delivered;  // as if every packet had left after the last acknowledgement
    a.delivered = delivered += acked;
    return a;
  }
  void ack(std::uint64_t acked, std::uint64_t lost = 0) { reno.acknowledged(next(acked, lost)); }
};

}  // namespace

TEST_CASE("NewReno begins with ten datagrams and without a pace") {
  const told t;
  CHECK(t.reno.window() == initial);
  CHECK(t.reno.pacing_rate() == 0);
}

TEST_CASE("slow start grows by what is acknowledged while the window is the limit (RFC 9002 section 7.3.1)") {
  told t;
  for (int i = 0; i < 10; ++i) t.ack(datagram);
  CHECK(t.reno.window() == 2 * initial);
  auto idle = t.next(datagram);
  idle.window_limited = false;
  t.reno.acknowledged(idle);
  CHECK(t.reno.window() == 2 * initial);
  CHECK(t.reno.pacing_rate() == 2 * initial * 10 * 5 / 4);  // 1.25 windows per 100 ms
}

TEST_CASE("a loss halves the window once for all that left before (RFC 9002 section 7.3.2)") {
  told t;
  for (int i = 0; i < 30; ++i) t.ack(datagram);
  CHECK(t.reno.window() == 4 * initial);
  t.ack(0, datagram);
  CHECK(t.reno.window() == 2 * initial);
  auto also = t.next(0, 5 * datagram);  // sent before the reduction
  t.reno.acknowledged(also);
  CHECK(t.reno.window() == 2 * initial);
  // The next acknowledgement is of a packet that left after it, so recovery is over: a datagram per window.
  for (int i = 0; i < 20; ++i) t.ack(datagram);
  CHECK(t.reno.window() == 2 * initial + datagram);
  t.now += 200ms;
  t.ack(0, datagram);
  CHECK(t.reno.window() == initial + datagram / 2);
}

TEST_CASE("the window is never below two datagrams") {
  told t;
  for (int i = 0; i < 20; ++i) {
    t.now += 200ms;
    t.ack(datagram, datagram);
  }
  CHECK(t.reno.window() == 2 * datagram);
  t.reno.silent(3);
  CHECK(t.reno.window() == 2 * datagram);
}

TEST_CASE(
    "three probes in silence are persistent congestion and slow start finds back (RFC 9002 section 7.6)") {
  told t;
  for (int i = 0; i < 70; ++i) t.ack(datagram);
  CHECK(t.reno.window() == 8 * initial);
  t.reno.silent(1);
  t.reno.silent(2);
  CHECK(t.reno.window() == 8 * initial);
  t.reno.silent(3);
  CHECK(t.reno.window() == 2 * datagram);
  t.ack(datagram, 60 * datagram);  // what was lost in the silence is told now
  CHECK(t.reno.window() == 3 * datagram);
  for (int i = 0; i < 37; ++i) t.ack(datagram);
  CHECK(t.reno.window() == 4 * initial);
  t.ack(datagram);
  CHECK(t.reno.window() < 4 * initial + datagram);  // the old threshold
}

TEST_CASE("a loss that was none undoes the reduction and half of one does not") {
  told t;
  for (int i = 0; i < 30; ++i) t.ack(datagram);
  t.ack(0, 2 * datagram);
  t.reno.spurious_loss(t.now, datagram);
  CHECK(t.reno.window() == 2 * initial);
  t.reno.spurious_loss(t.now, datagram);
  CHECK(t.reno.window() == 4 * initial);
}

TEST_CASE("a congestion mark halves the window and cannot be undone") {
  told t;
  for (int i = 0; i < 30; ++i) t.ack(datagram);
  auto marked = t.next(datagram);
  marked.congestion_marked = true;
  t.reno.acknowledged(marked);
  CHECK(t.reno.window() == 2 * initial);
  t.reno.spurious_loss(t.now, datagram);
  CHECK(t.reno.window() == 2 * initial);
}

TEST_CASE("acknowledgements without end do not make NewReno's window unbounded") {
  told t;
  for (int i = 0; i < 1000; ++i) t.ack(1 << 20);
  CHECK(t.reno.window() == 32u << 20);
  CHECK(t.reno.pacing_rate() <= 1'250'000'000);
}

TEST_CASE("a larger datagram before the first sample makes the initial window larger") {
  new_reno reno(1200);
  CHECK(reno.window() == 12'000);
  reno.datagram_size(1452);
  CHECK(reno.window() == 14'520);
}

TEST_CASE("NewReno holds a link without loss and two of them share it") {
  bottleneck_model alone{path_options{}};
  alone.add({std::make_unique<new_reno>(datagram)});
  alone.run(30s);
  CHECK(alone.share(0, 2, 30) > 0.93);

  bottleneck_model two{path_options{}};
  two.add({std::make_unique<new_reno>(datagram)});
  two.add({std::make_unique<new_reno>(datagram), 5s});
  two.run(60s);
  CHECK(two.share(0, 10, 60) + two.share(1, 10, 60) > 0.93);
  CHECK(two.share(1, 10, 60) > 0.25);
  CHECK(two.share(0, 10, 60) > 0.25);
}
