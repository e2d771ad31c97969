// SPDX-License-Identifier: MIT
#include "udp/core/switchboard.h"

#include "tests/core/two_ends.h"
#include "tests/support/catch.h"

using namespace dgram;
using namespace dgram::test;
using namespace std::chrono_literals;

TEST_CASE("the first datagram already carries the first request, and its answer comes back in one") {
  two_ends ends;
  REQUIRE(ends.client.send(ends.peer, bytes_of("hello"), ends.reliable_request(), {7}, ends.now) ==
          send_status::accepted);
  ends.exchange();
  REQUIRE(ends.arrived == std::vector<std::string>{"hello"});
  REQUIRE(ends.resolved.size() == 1);
  CHECK(ends.resolved[0].report.outcome == outcome::answered);
  CHECK(ends.resolved[0].ticket == ticket{7});
  CHECK(ends.resolved[0].report.tries == 1);
  CHECK(ends.replies[0] == "re:hello");
  CHECK(ends.datagrams == 2);
}

TEST_CASE("a lost request is repeated after the initial timeout and answered") {
  two_ends ends;
  ends.lose = 1;
  ends.client.send(ends.peer, bytes_of("hello"), ends.reliable_request(), {1}, ends.now);
  ends.exchange();
  CHECK(ends.arrived.empty());
  ends.advance(300ms);
  REQUIRE(ends.resolved.size() == 1);
  CHECK(ends.resolved[0].report.outcome == outcome::answered);
  CHECK(ends.resolved[0].report.tries == 2);
  CHECK(ends.arrived.size() == 1);
}

TEST_CASE("a lost reply is repeated without running the request again") {
  two_ends ends;
  ends.client.send(ends.peer, bytes_of("hello"), ends.reliable_request(), {1}, ends.now);
  ends.carry(ends.client, ends.client_at, ends.server);
  ends.lose = 1;
  ends.carry(ends.server, ends.server_at, ends.client);
  ends.advance(400ms);
  REQUIRE(ends.resolved.size() == 1);
  CHECK(ends.replies[0] == "re:hello");
  CHECK(ends.arrived.size() == 1);
}

TEST_CASE("without an answer a message expires at its deadline and not before") {
  two_ends ends;
  ends.lose = 1000;
  const time_point start = ends.now;
  ends.client.send(ends.peer, bytes_of("hello"), ends.reliable_request(), {1}, ends.now);
  ends.advance(9999ms);
  CHECK(ends.resolved.empty());
  ends.advance(1ms);
  REQUIRE(ends.resolved.size() == 1);
  CHECK(ends.resolved[0].report.outcome == outcome::expired);
  CHECK(ends.resolved[0].report.since_sent == ends.now - start);
  CHECK(ends.resolved[0].report.tries >= 6);
}

TEST_CASE("a restarted server refuses the old session and the message goes on in a new one") {
  two_ends ends;
  ends.client.send(ends.peer, bytes_of("one"), ends.reliable_request(), {1}, ends.now);
  ends.advance(1s);
  ends.server = switchboard({}, seeded(3), ends.now);
  ends.advance(5s);
  ends.client.send(ends.peer, bytes_of("two"), ends.reliable_request(), {2}, ends.now);
  ends.advance(1s);
  REQUIRE(ends.resolved.size() == 2);
  CHECK(ends.resolved[1].report.outcome == outcome::answered);
  CHECK(ends.ended == std::vector{end_reason::peer_restarted});
  CHECK(ends.arrived == std::vector<std::string>{"one", "two"});
}

TEST_CASE("a request that the old incarnation may have run is never run again") {
  two_ends ends;
  ends.client.send(ends.peer, bytes_of("one"), ends.reliable_request(), {1}, ends.now);
  ends.advance(1s);
  ends.client.send(ends.peer, bytes_of("two"), ends.reliable_request(), {2}, ends.now);
  ends.carry(ends.client, ends.client_at, ends.server);  // runs there, but its reply never leaves
  ends.server = switchboard({}, seeded(3), ends.now);
  ends.advance(1s);
  REQUIRE(ends.resolved.size() == 2);
  CHECK(ends.resolved[1].report.outcome == outcome::unknown);
  CHECK(ends.arrived == std::vector<std::string>{"one", "two"});
}

TEST_CASE("many small messages leave in one datagram") {
  two_ends ends;
  ends.client.send(ends.peer, bytes_of("first"), {}, {0}, ends.now);
  ends.advance(1s);
  ends.datagrams = 0;
  for (std::uint64_t i = 1; i <= 50; ++i) ends.client.send(ends.peer, bytes_of("message"), {}, {i}, ends.now);
  ends.carry(ends.client, ends.client_at, ends.server);
  CHECK(ends.datagrams == 1);
  CHECK(ends.arrived.size() == 51);
  ends.advance(100ms);
  CHECK(ends.resolved.size() == 51);
}

TEST_CASE("no loss is reported before there was one") {
  two_ends ends;
  ends.get_acquainted();
  CHECK(ends.client.of(ends.peer)->loss_rate == 0);
}
