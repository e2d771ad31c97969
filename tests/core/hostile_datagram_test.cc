// SPDX-License-Identifier: MIT
// What strangers and liars send to a live switchboard: discarded, counted, and without consequence.
#include <array>

#include "tests/core/hostile_peer.h"
#include "tests/core/two_ends.h"
#include "tests/support/catch.h"

using namespace dgram;
using namespace dgram::test;
using namespace std::chrono_literals;

namespace {

std::size_t size_of_all(const std::vector<datagram>& all) {
  std::size_t sum = 0;
  for (const auto& d : all) sum += d.size();
  return sum;
}

}  // namespace

TEST_CASE("a known session's datagram from another address is discarded") {
  two_ends ends;
  ends.get_acquainted();
  ends.client.send(ends.peer, bytes_of("hello"), {}, {1}, ends.now);
  const auto datagrams = collect(ends.client, ends.now);
  REQUIRE(datagrams.size() == 1);
  ends.server.handle_datagram(datagrams[0], {host(3), {}}, ends.now);
  ends.drain_events();
  CHECK(ends.discarded_by_server(discard_reason::wrong_address) == 1);
  CHECK(ends.arrived.empty());
  ends.server.handle_datagram(datagrams[0], {ends.client_at, {}}, ends.now);
  ends.drain_events();
  CHECK(ends.arrived.size() == 1);
}

TEST_CASE("our own datagram come back is discarded, and answered with nothing") {
  two_ends ends;
  ends.get_acquainted();
  ends.client.send(ends.peer, bytes_of("hello"), {}, {1}, ends.now);
  const auto datagrams = collect(ends.client, ends.now);
  ends.client.handle_datagram(datagrams.at(0), {ends.server_at, {}}, ends.now);
  CHECK(ends.discarded_by_client(discard_reason::wrong_direction) == 1);
  CHECK(collect(ends.client, ends.now).empty());
}

TEST_CASE("the same datagram twice is a duplicate, acknowledged again but not delivered again") {
  two_ends ends;
  ends.get_acquainted();
  ends.client.send(ends.peer, bytes_of("hello"), {}, {1}, ends.now);
  ends.carry_to_server();
  collect(ends.server, ends.now);
  ends.server.handle_datagram(ends.last_from_client, {ends.client_at, {}}, ends.now);
  ends.drain_events();
  CHECK(ends.arrived.size() == 1);
  CHECK(ends.discarded_by_server(discard_reason::duplicate) == 1);
  CHECK(collect(ends.server, ends.now).size() == 1);
}

TEST_CASE("a refusal that names a packet never sent is a forgery") {
  two_ends ends;
  ends.get_acquainted();
  auto h = hostile_peer::header_of(ends.last_from_client);
  h.kind = wire::kind::unknown_session;
  h.packet += 1000;
  const auto forged = hostile_peer::write(h, wire::unknown_session{1, 0});
  ends.client.handle_datagram(forged, {ends.server_at, {}}, ends.now);
  CHECK(ends.discarded_by_client(discard_reason::bad_ack) == 1);
  h.packet -= 1000;
  const auto elsewhere = hostile_peer::write(h, wire::unknown_session{1, 0});
  ends.client.handle_datagram(elsewhere, {host(3), {}}, ends.now);
  CHECK(ends.discarded_by_client(discard_reason::wrong_address) == 1);
  ends.advance(1s);
  CHECK(ends.ended.empty());
}

TEST_CASE("an acknowledgement of what was never sent discards its whole datagram") {
  two_ends ends;
  hostile_peer liar;
  liar.begin(ends.server, ends.now, wire::ping{});
  const wire::message m{delivery_mode::reliable, false, 0, 0, {}, {}, bytes_of("x")};
  liar.send(ends.server, ends.now, wire::ack{.largest = 500}, m);
  ends.drain_events();
  CHECK(ends.arrived.empty());
  CHECK(ends.server.total().discarded.total() == 1);
}

TEST_CASE("a datagram with two acknowledgements is malformed") {
  two_ends ends;
  hostile_peer liar;
  liar.begin(ends.server, ends.now, wire::ping{});
  collect(ends.server, ends.now);
  liar.send(ends.server, ends.now, wire::ack{}, wire::ack{});
  CHECK(ends.discarded_by_server(discard_reason::malformed) == 1);
}

TEST_CASE("an address that has proved nothing is sent at most three times what came from it") {
  for (const std::size_t padding : {std::size_t{0}, std::size_t{100}, std::size_t{384}}) {
    two_ends ends;
    hostile_peer forger;
    std::size_t received = 0, sent = 0;
    for (std::uint16_t i = 0; i < 20; ++i) {
      std::array<std::byte, max_datagram_size> buffer;
      wire::datagram_writer out(buffer, forger.header(true));
      out.write(wire::hello{});
      out.write(wire::message{delivery_mode::reliable, true, i, 0, {}, {}, bytes_of("?")});
      out.pad_to(padding);
      const std::size_t size = out.seal();
      received += size;
      ends.server.handle_datagram(std::span(buffer).first(size), {forger.at, {}}, ends.now);
      const std::string large(1000, 'x');
      while (auto e = ends.server.poll_event()) {
        if (auto* m = std::get_if<message_arrived>(&*e)) ends.server.reply(m->id, bytes_of(large), ends.now);
      }
      for (int step = 0; step < 10; ++step) {
        sent += size_of_all(collect(ends.server, ends.now));
        REQUIRE(sent <= 3 * received);
        ends.now += 300ms;
        ends.server.handle_timeout(ends.now);
        discard_events(ends.server);
      }
    }
    ends.server.close_all(ends.now);
    sent += size_of_all(collect(ends.server, ends.now));
    CHECK(sent <= 3 * received);
    CHECK(sent > 0);
  }
}

TEST_CASE("the right token opens everything, a wrong one ends the session that it claims to continue") {
  for (const std::uint64_t wrong : {0U, 1U}) {
    two_ends ends;
    hostile_peer guest;
    guest.begin(ends.server, ends.now,
                wire::message{delivery_mode::reliable, true, 0, 0, {}, {}, bytes_of("?")});
    const std::string large(1000, 'x');
    while (auto e = ends.server.poll_event()) {
      if (auto* m = std::get_if<message_arrived>(&*e)) ends.server.reply(m->id, bytes_of(large), ends.now);
    }
    const auto greeting = collect(ends.server, ends.now);
    REQUIRE(greeting.size() == 1);
    const std::uint64_t token = hostile_peer::token_in(greeting[0]);
    REQUIRE(token != 0);
    guest.send(ends.server, ends.now, wire::token_echo{token ^ wrong}, wire::ack{});
    const std::size_t sent = size_of_all(collect(ends.server, ends.now));
    CHECK((sent > 1000) == (wrong == 0));
    CHECK(ends.server.total().sessions == 1 - wrong);
    CHECK(ends.discarded_by_server(discard_reason::unknown_session) == wrong);
  }
}

TEST_CASE(
    "a datagram of an unknown session is refused with less than twice its size, and refusals with nothing") {
  two_ends ends;
  hostile_peer stranger;
  stranger.send(ends.server, ends.now, wire::ping{});
  const auto refusals = collect(ends.server, ends.now);
  REQUIRE(refusals.size() == 1);
  CHECK(refusals[0].size() < 2 * 17);
  CHECK(ends.discarded_by_server(discard_reason::unknown_session) == 1);
  ends.client.handle_datagram(refusals[0], {ends.server_at, {}}, ends.now);
  CHECK(ends.discarded_by_client(discard_reason::unknown_session) == 1);
  CHECK(collect(ends.client, ends.now).empty());
  for (int i = 0; i < 10000; ++i) stranger.send(ends.server, ends.now, wire::ping{});
  CHECK(collect(ends.server, ends.now).size() <= 256);  // whoever asks faster than we send hears less
}

TEST_CASE("what an event points to stays readable though its session ends in the same datagram") {
  two_ends ends;
  hostile_peer hasty;
  const auto ordered = [](std::uint16_t n) {
    return wire::message{delivery_mode::ordered, false, n, n, {}, {}, bytes_of("held back for a while")};
  };
  hasty.begin(ends.server, ends.now, ordered(2), ordered(1));
  discard_events(ends.server);
  const auto last = hostile_peer::write(hasty.header(true), wire::hello{}, ordered(0), wire::close{});
  ends.server.handle_datagram(last, {hasty.at, {}}, ends.now);
  ends.drain_events();
  CHECK(ends.arrived.size() == 3);
  for (const std::string& text : ends.arrived) CHECK(text == "held back for a while");
  CHECK(ends.server.total().sessions == 0);
}

TEST_CASE("what an event points to stays readable though the user closes its peer first") {
  two_ends ends;
  hostile_peer peer;
  const auto ordered = [](std::uint16_t n) {
    return wire::message{delivery_mode::ordered, false, n, n, {}, {}, bytes_of("held back for a while")};
  };
  peer.begin(ends.server, ends.now, ordered(2), ordered(1));
  discard_events(ends.server);
  const auto last = hostile_peer::write(peer.header(true), wire::hello{}, ordered(0));
  ends.server.handle_datagram(last, {peer.at, {}}, ends.now);
  ends.server.close_all(ends.now);
  ends.drain_events();
  CHECK(ends.arrived.size() == 3);
  for (const std::string& text : ends.arrived) CHECK(text == "held back for a while");
}

TEST_CASE("an optimistic acknowledgement harms only the one who sent it") {
  two_ends ends;
  hostile_peer liar;
  liar.begin(ends.server, ends.now,
             wire::message{delivery_mode::reliable, true, 0, 0, {}, {}, bytes_of("?")});
  ends.drain_events();
  const auto reply = collect(ends.server, ends.now);  // lost on the way
  REQUIRE(reply.size() == 1);
  liar.send(ends.server, ends.now, wire::token_echo{hostile_peer::token_in(reply[0])},
            wire::ack{.largest = 0, .bitmap = ~0ULL});
  ends.advance(5s);
  CHECK(ends.server.total().packets_lost == 0);
  CHECK(ends.server.total().sessions == 1);
}
