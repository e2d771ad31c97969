// SPDX-License-Identifier: MIT
// A peer that lies about the transport: what it acknowledges, what it has room for, how large its messages
// are, where it is. It harms itself at most, and costs a bounded amount of work.
#include <array>

#include "tests/core/hostile_peer.h"
#include "tests/core/two_ends.h"
#include "tests/support/catch.h"
#include "udp/core/assembly.h"
#include "udp/core/credit_grant.h"

using namespace dgram;
using namespace dgram::test;
using namespace std::chrono_literals;

namespace {

// A server with much to say to a peer that keeps to no rule.
struct besieged {
  time_point now{std::chrono::hours(1)};
  switchboard server;
  hostile_peer liar;
  peer_id peer{};

  explicit besieged(const session_options& o = {}) : server({.session = o}, seeded(2), now) {
    liar.begin(server, now, wire::message{delivery_mode::reliable, false, 0, 0, {}, {}, bytes_of("hello")});
    while (auto e = server.poll_event()) {
      if (auto* m = std::get_if<message_arrived>(&*e)) peer = m->id.peer;
    }
    const auto greeting = collect_all();
    liar.send(server, now, wire::token_echo{hostile_peer::token_in(greeting.at(0))}, wire::ack{});
    discard_events(server);
  }

  std::vector<datagram> collect_all() {
    std::vector<datagram> all;
    std::array<std::byte, largest_datagram> buffer;
    while (const auto t = server.poll_transmit(now, buffer)) {
      all.emplace_back(buffer.begin(), buffer.begin() + static_cast<std::ptrdiff_t>(t->size));
    }
    return all;
  }
  std::size_t fill(std::size_t messages, std::size_t size) {
    std::size_t taken = 0;
    const std::string text(size, 'x');
    for (std::size_t i = 0; i < messages; ++i) {
      taken += server.send(peer, bytes_of(text), {.deadline = 60s}, {i}, now) == send_status::accepted;
    }
    return taken;
  }
  // The peer's timers run, and what is due leaves; returns how many datagrams did.
  std::size_t wait(duration d) {
    std::size_t datagrams = collect_all().size();
    const time_point end = now + d;
    for (auto next = server.next_timeout(); next && *next <= end; next = server.next_timeout()) {
      REQUIRE(*next >= now);
      now = *next;
      server.handle_timeout(now);
      datagrams += collect_all().size();
      REQUIRE(datagrams < 100'000);
    }
    now = end;
    discard_events(server);
    return datagrams;
  }
  statistics stats() { return *server.of(peer); }
};

std::uint32_t number_of(const datagram& d) {
  return hostile_peer::header_of(d).packet;
}

wire::message fragment(std::uint16_t id, std::uint32_t of, std::uint32_t total, std::uint32_t offset,
                       std::span<const std::byte> bytes) {
  wire::message m{delivery_mode::reliable, false, id, 0, {}, {}, bytes};
  m.part = wire::fragment{of, total, offset};
  return m;
}

}  // namespace

TEST_CASE("acknowledging every packet before it can have arrived opens no window beyond what was sent") {
  besieged b;
  REQUIRE(b.fill(64, 100'000) == 64);
  std::uint64_t sent = 0;
  for (int i = 0; i < 200; ++i) {
    for (const datagram& d : b.collect_all()) {
      sent += d.size();
      b.liar.send(b.server, b.now, wire::ack{.largest = number_of(d), .bitmap = ~0ULL});
    }
    b.now += 10us;
    b.server.handle_timeout(b.now);
    discard_events(b.server);
    REQUIRE(b.stats().congestion_window <= 64 * 1024 * 1024);
    REQUIRE(b.stats().bytes_in_flight <= b.stats().congestion_window + largest_datagram);
  }
  CHECK(sent <= 64 * 100'000 * 2);
}

TEST_CASE("acknowledging packets ahead of their number is told at once and takes nothing") {
  besieged b;
  REQUIRE(b.fill(20, 10'000) == 20);
  const auto first = b.collect_all();
  const std::uint64_t before = b.server.total().discarded[discard_reason::bad_ack];
  for (std::uint32_t ahead = 1; ahead <= 100; ++ahead) {
    b.liar.send(b.server, b.now, wire::ack{.largest = number_of(first.back()) + ahead, .bitmap = ~0ULL});
  }
  CHECK(b.server.total().discarded[discard_reason::bad_ack] == before + 100);
  CHECK(b.stats().bytes_in_flight > 0);
  CHECK(b.stats().delivered == 0);
}

TEST_CASE("acknowledging what was lost costs the liar its messages and nobody else anything") {
  two_ends ends;
  ends.get_acquainted();
  hostile_peer liar;
  liar.begin(ends.server, ends.now,
             wire::message{delivery_mode::reliable, true, 0, 0, {}, {}, bytes_of("?")});
  ends.drain_events();  // replied to, and lost on the way
  const auto reply = collect(ends.server, ends.now);
  liar.send(ends.server, ends.now, wire::token_echo{hostile_peer::token_in(reply.at(0))},
            wire::ack{.largest = number_of(reply.at(0))});
  CHECK(ends.server.total().messages_retransmitted == 0);
  ends.client.send(ends.peer, bytes_of("honest"), ends.reliable_request(), {1}, ends.now);
  ends.advance(1s);
  CHECK(ends.replies == std::vector<std::string>{"re:honest"});
}

TEST_CASE("a peer without room for ever keeps its messages waiting until they expire, and no timer busy") {
  besieged b;
  b.liar.send(b.server, b.now, wire::credit{0});
  REQUIRE(b.fill(100, 5'000) == 100);
  const std::size_t datagrams = b.wait(59s);
  // One message may always begin: the first is repeated at the pace of the probes, 2 s at most.
  CHECK(datagrams < 200);
  CHECK(b.stats().held_to_send <= 100 * 5'000);
  b.wait(2s);
  CHECK(b.server.total().expired == 100);
}

TEST_CASE(
    "a credit that leaps from nothing to everything with each datagram costs a bounded amount of work") {
  besieged b;
  REQUIRE(b.fill(64, 50'000) == 64);
  std::size_t datagrams = 0;
  for (std::uint32_t i = 0; i < 10'000; ++i) {
    b.liar.send(b.server, b.now, wire::credit{i % 2 == 0 ? 0 : 0xffffffff});
    datagrams += b.collect_all().size();
    b.now += 10us;
  }
  // Nothing was acknowledged but the greeting, so the first window is all that leaves, and one datagram of
  // acknowledgements for each that asked.
  CHECK(b.stats().bytes_in_flight <= b.stats().congestion_window + largest_datagram);
  CHECK(datagrams <= 2 * 10'000);
  CHECK(b.stats().fragments_sent < 100);
}

TEST_CASE("a huge credit fills no more memory than the send buffer has") {
  besieged b({.send_buffer = 100'000});
  b.liar.send(b.server, b.now, wire::credit{0xffffffff});
  CHECK(b.fill(1000, 1'000) == 100);
  CHECK(b.stats().held_to_send == 100'000);
}

TEST_CASE("the claim of a great message takes no memory but what arrived of it") {
  besieged b({.receive_buffer = 40 * 1024 * 1024});
  const std::string byte = "x";
  for (std::uint16_t i = 0; i < 1000; ++i) {
    const auto of = static_cast<std::uint16_t>(1 + 2 * i);
    b.liar.send(b.server, b.now,
                fragment(static_cast<std::uint16_t>(of + 1), of, max_message_size, 0, bytes_of(byte)));
    discard_events(b.server);
    // Charged whole; two such messages are all that there is room for.
    REQUIRE(b.stats().held_to_deliver <= 40 * 1024 * 1024);
  }
  CHECK(b.server.total().discarded[discard_reason::buffer_full] >= 990);
}

TEST_CASE("a fragment beyond its message, or beyond any message, discards its datagram") {
  besieged b;
  const std::string text(100, 'x');
  const auto malformed = [&] { return b.server.total().discarded[discard_reason::malformed]; };
  b.liar.send(b.server, b.now, fragment(2, 1, 0, 0, {}));
  CHECK(malformed() == 1);
  b.liar.send(b.server, b.now, fragment(2, 1, 99, 0, bytes_of(text)));
  CHECK(malformed() == 2);
  b.liar.send(b.server, b.now, fragment(2, 1, max_message_size + 1, 0, bytes_of(text)));
  CHECK(malformed() == 3);
  b.liar.send(b.server, b.now, fragment(2, 1, 1000, 0xffffffff, bytes_of(text)));
  CHECK(malformed() == 4);
  b.liar.send(b.server, b.now, fragment(2, 1, max_message_size, max_message_size - 100, bytes_of(text)));
  CHECK(b.server.total().discarded[discard_reason::bad_fragment] == 1);  // far ahead of all that arrived
  CHECK(b.stats().held_to_deliver == 0);
}

TEST_CASE("messages in one byte each of many fragments hold what they are charged for") {
  besieged b({.receive_buffer = 0});
  const std::string byte = "x";
  std::uint16_t id = 100;
  // Every other byte of some messages, so that no two pieces touch.
  for (std::uint32_t of = 1; of <= 60; ++of) {
    for (std::uint32_t offset = 0; offset < 400; offset += 2) {
      b.liar.send(b.server, b.now, fragment(id++, of, 2'000, offset, bytes_of(byte)));
      discard_events(b.server);
    }
    b.now += 1ms;
    b.collect_all();
  }
  CHECK(b.stats().held_to_deliver <= initial_credit);
  CHECK(b.stats().messages_received == 1);
}

TEST_CASE("messages beyond the credit are refused, and heard again once there is room") {
  besieged b({.receive_buffer = 0});  // 64 KiB
  const std::string text(1000, 'x');
  const auto ordered = [&](std::uint16_t n) {
    return wire::message{delivery_mode::ordered, false, n, n, {}, {}, bytes_of(text)};
  };
  // The first is missing, so all others wait here.
  for (std::uint16_t n = 2; n < 200; ++n) b.liar.send(b.server, b.now, ordered(n));
  CHECK(b.stats().held_to_deliver <= initial_credit);
  CHECK(b.server.total().discarded[discard_reason::reorder_full] > 100);
  b.liar.send(b.server, b.now, wire::message{delivery_mode::ordered, false, 201, 0, {}, {}, bytes_of("0")});
  b.liar.send(b.server, b.now, ordered(1));
  std::size_t arrived = 0;
  while (auto e = b.server.poll_event()) arrived += std::holds_alternative<message_arrived>(*e);
  CHECK(arrived > 50);
  CHECK(b.stats().held_to_deliver == 0);
}

TEST_CASE("a flood of challenges is answered with no more than it brought") {
  two_ends ends;
  ends.get_acquainted();
  const auto genuine = hostile_peer::header_of(ends.last_from_server);
  std::size_t received = 0, sent = 0;
  for (std::uint32_t i = 1; i <= 1000; ++i) {
    auto h = genuine;
    h.packet = (genuine.packet + i) & 0xffffff;
    const auto challenge = hostile_peer::write(h, wire::path_challenge{i});
    received += challenge.size();
    ends.client.handle_datagram(challenge, {ends.server_at, {}}, ends.now);
    for (const datagram& d : collect(ends.client, ends.now)) sent += d.size();
    ends.now += 10us;
  }
  CHECK(sent <= received + 10 * max_datagram_size);
  CHECK(ends.client.total().datagrams_sent < 1100);
}

TEST_CASE(
    "a peer that seems to be everywhere is challenged a bounded number of times, and stays where it is") {
  two_ends ends;
  ends.get_acquainted();
  std::array<std::byte, largest_datagram> buffer;
  std::size_t received = 0, sent = 0, stored = 0;
  for (std::uint16_t i = 0; i < 2000; ++i) {
    ends.client.send(ends.peer, bytes_of("stolen"), {.mode = delivery_mode::unreliable}, {1}, ends.now);
    ends.lose = 1;
    ends.carry_to_server();
    received += ends.last_from_client.size();
    ends.server.handle_datagram(ends.last_from_client, {host(static_cast<std::uint16_t>(1000 + i)), {}},
                                ends.now);
  }
  while (const auto t = ends.server.poll_transmit(ends.now, buffer)) {
    sent += t->size;
    ++stored;
  }
  CHECK(stored <= 260);
  CHECK(sent <= 3 * received);
  CHECK(ends.server.total().path_changes == 0);
  ends.client.send(ends.peer, bytes_of("still here"), ends.reliable_request(), {2}, ends.now);
  ends.advance(1s);
  REQUIRE_FALSE(ends.arrived.empty());
  CHECK(ends.arrived.back() == "still here");
}

TEST_CASE("reports of congestion marks that leap or fall shut no window below two datagrams") {
  for (const auto algorithm : {congestion_algorithm::bbr, congestion_algorithm::new_reno}) {
    besieged b({.congestion = algorithm});
    REQUIRE(b.fill(64, 10'000) == 64);
    std::uint32_t count = 0;
    for (std::uint32_t i = 0; i < 1000; ++i) {
      count += 0x7fff'ffff;  // forward, and every other time far back
      b.liar.send(b.server, b.now, wire::congestion_marks{count});
      b.collect_all();
      b.now += 1ms;
      REQUIRE(b.stats().congestion_window >= 2 * max_datagram_size);
    }
    CHECK(b.stats().bytes_in_flight > 0);
  }
}

TEST_CASE("an address that proved nothing keeps no timer busy, though sessions are kept alive") {
  const time_point start{std::chrono::hours(1)};
  switchboard server({.session = {.keep_alive = 100ms}}, seeded(2), start);
  hostile_peer forger;
  forger.begin(server, start, wire::message{delivery_mode::reliable, true, 0, 0, {}, {}, bytes_of("?")});
  discard_events(server);
  time_point now = start;
  std::size_t wakes = 0, datagrams = collect(server, now).size();
  for (auto next = server.next_timeout(); next && *next <= start + 30s; next = server.next_timeout()) {
    now = std::max(now, *next);
    server.handle_timeout(now);
    datagrams += collect(server, now).size();
    REQUIRE(++wakes < 1000);
  }
  CHECK(wakes > 0);
  CHECK(datagrams > 0);
}
