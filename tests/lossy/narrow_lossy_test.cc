// SPDX-License-Identifier: MIT
// Links that let less through than before: smaller packets, or fewer of them; over both transports.
#include "tests/lossy/case.h"
#include "tests/support/catch.h"

using namespace dgram;
using namespace dgram::test;
using namespace std::chrono_literals;

namespace {

constexpr duration narrowed = 6s;
constexpr duration widened = 11s;

bool has_gone_through(const record& m) {
  return m.result == outcome::delivered || m.result == outcome::answered;
}

// The link swallows packets above 600 bytes from some moment on and says nothing of it. Over UDP the session
// finds that its large datagrams vanish and goes on in smaller ones, so that large messages leave in
// fragments (RFC 8899); only what is sent once is lost until then. Small ones must not notice: nothing of
// theirs is lost, so they take one way, 20 ms. Over TCP, segments become smaller at the first repetition (RFC
// 1191 tells the sender), and large messages pass.
void shrink_mtu(transport t) {
  course c;
  c.large_deadline = 2s;
  c.server_every = c.stream;  // replies to the server can be large, and would vanish as well
  sim::link_options small = c.forth;
  small.mtu = 600;
  c.changes.push_back({narrowed, side::client, small});
  const case_result r = run_case("an MTU of 600", c, t);
  // TCP: a small message waits for the large one before it, which comes one round trip later.
  const duration bar = t == transport::udp ? 20ms : 60ms;
  // UDP: a small ordered message waits for a large one before it in its channel, at most until that one's
  // deadline; when its last copy is found lost (next message 20 ms, round trip 40 ms, held back 5 ms) the
  // receiver is told not to wait.
  const duration ordered = t == transport::udp ? c.large_deadline + 65ms + 20ms : bar;
  hold(r, {.reliable = bar, .ordered = ordered, .answer = ordered + 20ms, .single = 40ms});
  CHECK(r.reliable.most() <= bar);
  std::size_t large = 0;
  for (const course_result& run : r.runs) {
    for (const record& m : run.records) {
      if (m.from != side::client || m.size != c.large || m.sent < run.stream_began + narrowed) continue;
      ++large;
      if (t == transport::tcp || m.resent()) {
        REQUIRE(has_gone_through(m));
        REQUIRE(m.arrived.has_value());
      } else {
        REQUIRE((m.arrived.has_value() || m.result == outcome::lost));
      }
    }
  }
  CHECK(large >= 20);
}

// The same, with a large message now and then among small ones that are sent at the same moment, so that they
// share its datagram and its end. The first copy of a small one is lost for that, so is the second; from the
// third on it is kept apart. Each is found lost when the next messages, 60 ms later, are acknowledged (round
// trip 40 ms, held back 5 ms at most).
void shrink_mtu_in_company(transport t) {
  course c;
  c.large_deadline = 2s;
  c.server_every = c.stream;
  c.at_once = 3;
  c.client_every = 60ms;
  sim::link_options small = c.forth;
  small.mtu = 600;
  c.changes.push_back({narrowed, side::client, small});
  const case_result r = run_case("an MTU of 600, messages in company", c, t);
  const duration bar = t == transport::udp ? 20ms + 2 * (60ms + 40ms + 5ms) : 60ms;
  CHECK(r.reliable.most() <= bar);
  CHECK(r.ordered.most() <= (t == transport::udp ? c.large_deadline + bar : bar));
  for (const course_result& run : r.runs) {
    for (const record& m : run.records) {
      if (m.size == c.small && m.resent() && m.patient()) REQUIRE(has_gone_through(m));
    }
  }
}

// 400 messages/s of 1000 bytes and 20 bytes of header (3.3 Mbit/s) go to the server. From 6 s to 11 s the
// link carries 2 Mbit/s only, with a queue of 200 ms. Nothing may be lost in silence, nothing refused, and
// what has waited is there soon after:
// - one message in seven has 150 ms and expires in the queue, so 350 kB/s must pass;
// - the link is never idle meanwhile, and at most a tenth of what it carries is needless repetition, so that
//   (350 - 0.9 * 250) kB/s * 5 s = 625 kB wait at the end, less than the send buffer of 1 MiB;
// - the queue drains for 200 ms;
// - then UDP's window of 64 datagrams moves 65 kB in each 45 ms, 1.45 MB/s, while 0.35 MB/s go on coming:
// 0.57 s;
// - the last ones take 20 ms, and a loss at the full queue another probe of 0.4 s at most (1.5 * 262 ms).
// TCP's socket buffers hold 256 KiB, so it is done sooner; the same bar holds for it.
void throttle(transport t) {
  course c;
  c.small = c.large = 1000;
  c.client_every = 2500us;
  c.forth.rate = 50e6 / 8;
  c.forth.queue.time = 200ms;
  c.single_requests = 0;
  sim::link_options slow = c.forth;
  slow.rate = 2e6 / 8;
  c.changes.push_back({narrowed, side::client, slow});
  c.changes.push_back({widened, side::client, c.forth});
  const case_result r = run_case("2 Mbit/s for 5 s", c, t, 5);
  CHECK(recovered_within(r, widened) <= 200ms + 570ms + 20ms + 400ms);
  for (const course_result& run : r.runs) {
    CHECK(run.would_block == 0);
    for (const record& m : run.records) {
      if (m.resent() && m.patient()) REQUIRE(has_gone_through(m));
    }
  }
}

}  // namespace

TEST_CASE("small messages go on and large ones arrive when the MTU shrinks over UDP") {
  shrink_mtu(transport::udp);
}
TEST_CASE("small messages go on and large ones arrive when the MTU shrinks over TCP") {
  shrink_mtu(transport::tcp);
}
TEST_CASE("small messages sent with large ones survive when the MTU shrinks over UDP") {
  shrink_mtu_in_company(transport::udp);
}
TEST_CASE("small messages sent with large ones survive when the MTU shrinks over TCP") {
  shrink_mtu_in_company(transport::tcp);
}
TEST_CASE("everything is there soon after the bandwidth dropped for a while over UDP") {
  throttle(transport::udp);
}
TEST_CASE("everything is there soon after the bandwidth dropped for a while over TCP") {
  throttle(transport::tcp);
}
