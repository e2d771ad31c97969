// SPDX-License-Identifier: MIT
// A peer whose address changes: the session goes on from the new one, once it is proved.
#include "tests/core/two_ends.h"
#include "tests/support/catch.h"
#include "udp/core/wire.h"

using namespace dgram;
using namespace dgram::test;
using namespace std::chrono_literals;

TEST_CASE("a session goes on from a new address, nothing lost and nothing run twice") {
  two_ends ends;
  ends.get_acquainted();
  ends.client_at = host(7);
  ends.client.send(ends.peer, bytes_of("from elsewhere"), ends.reliable_request(), {1}, ends.now);
  ends.advance(1s);
  CHECK(ends.arrived == std::vector<std::string>{"from elsewhere"});
  CHECK(ends.replies == std::vector<std::string>{"re:from elsewhere"});
  CHECK(ends.ended.empty());
  CHECK(ends.server.total().path_changes == 1);
}

TEST_CASE("what was under way to the old address reaches the new one") {
  two_ends ends;
  ends.get_acquainted();
  ends.client.send(ends.peer, bytes_of("question"), ends.reliable_request(), {1}, ends.now);
  ends.carry_to_server();
  ends.client_at = host(7);  // the reply goes nowhere
  ends.carry_to_client();
  ends.client.send(ends.peer, bytes_of("a sign of life"), {}, {2}, ends.now);
  ends.advance(1s);
  CHECK(ends.arrived == std::vector<std::string>{"question", "a sign of life"});
  CHECK(std::ranges::count(ends.replies, "re:question") == 1);
  CHECK(ends.server.total().path_changes == 1);
}

TEST_CASE("nothing is believed that comes from a new address before it answered a challenge") {
  two_ends ends;
  ends.get_acquainted();
  ends.client.send(ends.peer, bytes_of("stolen"), {}, {1}, ends.now);
  ends.lose = 1;
  ends.carry_to_server();
  const datagram stolen = ends.last_from_client;
  ends.server.handle_datagram(stolen, {host(66), {}}, ends.now);
  ends.drain_events();
  CHECK(ends.arrived.empty());
  CHECK(ends.discarded_by_server(discard_reason::wrong_address) == 1);

  std::array<std::byte, largest_datagram> buffer;
  const auto challenge = ends.server.poll_transmit(ends.now, buffer);
  REQUIRE(challenge);
  CHECK(challenge->to.remote == host(66));
  CHECK(challenge->size <= 3 * stolen.size());
  CHECK_FALSE(ends.server.poll_transmit(ends.now, buffer));
  ends.advance(1s);  // the thief has no answer, and the client is served where it always was
  CHECK(ends.arrived == std::vector<std::string>{"stolen"});
  CHECK(ends.server.total().path_changes == 0);
}

TEST_CASE("a datagram that is older than what was heard does not move a session") {
  two_ends ends;
  ends.get_acquainted();
  const datagram old = ends.last_from_client;
  ends.server.handle_datagram(old, {host(66), {}}, ends.now);
  std::array<std::byte, largest_datagram> buffer;
  CHECK_FALSE(ends.server.poll_transmit(ends.now, buffer));
}

TEST_CASE("challenges to an address that does not answer are bounded in time") {
  two_ends ends;
  ends.get_acquainted();
  std::array<std::byte, largest_datagram> buffer;
  int challenges = 0;
  for (int i = 0; i < 100; ++i) {
    ends.client.send(ends.peer, bytes_of("stolen"), {}, {1}, ends.now);
    ends.lose = 1;
    ends.carry_to_server();
    ends.server.handle_datagram(ends.last_from_client, {host(66), {}}, ends.now);
    while (ends.server.poll_transmit(ends.now, buffer)) ++challenges;
    ends.now += 1ms;
  }
  CHECK(challenges >= 1);
  CHECK(challenges <= 6);
}

TEST_CASE("a peer whose address changes before it proved the first one is served at the second") {
  two_ends ends;
  ends.client.send(ends.peer, bytes_of("hello"), ends.reliable_request(), {1}, ends.now);
  ends.carry_to_server();
  ends.client_at = host(7);  // greeting and reply go nowhere
  ends.advance(2s);
  CHECK(ends.arrived == std::vector<std::string>{"hello"});
  CHECK(ends.replies == std::vector<std::string>{"re:hello"});
  CHECK(ends.server.total().path_changes == 1);
}

TEST_CASE("a challenge to an address that nobody proved is at most three times what came from there") {
  two_ends ends;
  ends.client.send(ends.peer, bytes_of("hello"), ends.reliable_request(), {1}, ends.now);
  ends.carry_to_server();
  std::array<std::byte, largest_datagram> buffer;
  while (ends.server.poll_transmit(ends.now, buffer)) {
  }
  ends.client.send(ends.peer, bytes_of("again"), {}, {2}, ends.now);
  ends.lose = 1;
  ends.carry_to_server();
  ends.server.handle_datagram(ends.last_from_client, {host(66), {}}, ends.now);
  const auto challenge = ends.server.poll_transmit(ends.now, buffer);
  REQUIRE(challenge);
  CHECK(challenge->to.remote == host(66));
  CHECK(challenge->size <= 3 * ends.last_from_client.size());
}
