// SPDX-License-Identifier: MIT
// Links and programs that are away for a while, over both transports.
#include <algorithm>

#include "tests/lossy/case.h"
#include "tests/support/catch.h"

using namespace dgram;
using namespace dgram::test;
using namespace std::chrono_literals;

namespace {

constexpr duration gone = 6s;
constexpr duration back_again = 11s;
constexpr duration round_trip = 40ms;

// Nobody waits for a message of those that must be there within 150 ms, sent while nothing arrived: each has
// its outcome at its deadline, which the ledger checks to the millisecond. Those that were sent from 150 ms
// before the end on can make it.
void check_deadlines(const case_result& r, const course& c, side from) {
  std::size_t looked_at = 0;
  for (const course_result& run : r.runs) {
    for (const record& m : run.records) {
      const duration at = m.sent - run.stream_began;
      if (m.from != from || m.when_in != part::stream || m.how.deadline != c.short_deadline) continue;
      if (at < gone || at >= back_again - c.short_deadline) continue;
      ++looked_at;
      INFO("message sent at " << at / 1ms << " ms of the stream");
      REQUIRE(m.result != outcome::delivered);
      REQUIRE(m.result != outcome::answered);
      REQUIRE(*m.resolved - m.sent <= c.short_deadline);
    }
  }
  CHECK(looked_at >= 10);
}

course lossless_with(std::vector<side> ways) {
  course c;
  for (const side s : ways) {
    sim::link_options dead = s == side::client ? c.forth : c.back;
    c.changes.push_back({back_again, s, dead});
    dead.loss = 1;
    c.changes.push_back({gone, s, dead});
  }
  return c;
}

void go_out(const std::string& name, transport t, const std::vector<side>& ways) {
  const course c = lossless_with(ways);
  const case_result r = run_case(name, c, t);
  for (const side s : ways) check_deadlines(r, c, s);
  CHECK(recovered_within(r, back_again) <= recovery_after_silence(t, round_trip));
  // As before the outage: one exchange.
  CHECK(r.singles.most() <= round_trip);
}

// UDP: what is not taken is not acknowledged, so it comes again with the probes, which a peer that is
// otherwise well makes as slow as one that is away. TCP: it waits in the stream, and is there the moment it
// is wanted.
void server_pauses(transport t) {
  course c;
  c.server_pause = program_pause{gone, gone + 2s};
  const case_result r = run_case("a server that takes nothing for 2 s", c, t);
  const duration bar = t == transport::udp ? recovery_after_silence(t, round_trip) : round_trip / 2;
  CHECK(recovered_within(r, gone + 2s) <= bar);
}

}  // namespace

TEST_CASE("after 5 s without a link everything is there soon over UDP") {
  go_out("5 s without a link", transport::udp, {side::client, side::server});
}
TEST_CASE("after 5 s without a link everything is there soon over TCP") {
  go_out("5 s without a link", transport::tcp, {side::client, side::server});
}
TEST_CASE("after 5 s with no way to the server everything is there soon over UDP") {
  go_out("5 s with no way forth", transport::udp, {side::client});
}
TEST_CASE("after 5 s with no way to the server everything is there soon over TCP") {
  go_out("5 s with no way forth", transport::tcp, {side::client});
}
TEST_CASE("after 5 s with no way to the client everything is there soon over UDP") {
  go_out("5 s with no way back", transport::udp, {side::server});
}
TEST_CASE("after 5 s with no way to the client everything is there soon over TCP") {
  go_out("5 s with no way back", transport::tcp, {side::server});
}
TEST_CASE("after a server took nothing for 2 s it has everything soon over UDP") {
  server_pauses(transport::udp);
}
TEST_CASE("after a server took nothing for 2 s it has everything soon over TCP") {
  server_pauses(transport::tcp);
}
