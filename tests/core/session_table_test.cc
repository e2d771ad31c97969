// SPDX-License-Identifier: MIT
// Sessions come and go: limits, eviction, what is remembered of those that ended.
#include "tests/core/hostile_peer.h"
#include "tests/core/two_ends.h"
#include "tests/support/catch.h"

using namespace dgram;
using namespace dgram::test;
using namespace std::chrono_literals;

namespace {

switchboard small_server(std::size_t sessions, std::size_t retired, time_point now) {
  switchboard_options o;
  o.max_sessions = sessions;
  o.max_retired = retired;
  return switchboard(o, seeded(2), now);
}

hostile_peer stranger(std::uint16_t n) {
  hostile_peer p;
  p.at = host(static_cast<std::uint16_t>(1000 + n));
  p.session = {1000ULL + n};
  return p;
}

bool is_refusal(const datagram& d) {
  return hostile_peer::header_of(d).kind == wire::kind::unknown_session;
}

}  // namespace

TEST_CASE("at the limit an address that proved nothing makes room first, the one silent longest") {
  two_ends ends;
  ends.server = small_server(3, 100, ends.now);
  ends.get_acquainted();
  auto first = stranger(1), second = stranger(2), third = stranger(3);
  first.begin(ends.server, ends.now, wire::ping{});
  second.begin(ends.server, ends.now, wire::ping{});
  first.begin(ends.server, ends.now, wire::ping{});  // heard again: now the second is the older one
  third.begin(ends.server, ends.now, wire::ping{});
  CHECK(ends.server.total().sessions == 3);
  collect(ends.server, ends.now);
  second.begin(ends.server, ends.now, wire::ping{});
  CHECK(ends.discarded_by_server(discard_reason::unknown_session) == 1);
  first.begin(ends.server, ends.now, wire::ping{});
  CHECK(ends.discarded_by_server(discard_reason::unknown_session) == 1);
  ends.client.send(ends.peer, bytes_of("still here"), ends.reliable_request(), {1}, ends.now);
  ends.advance(1s);
  CHECK(ends.replies == std::vector<std::string>{"re:still here"});
}

TEST_CASE("a validated session makes room only after five seconds of silence") {
  two_ends ends;
  ends.server = small_server(1, 100, ends.now);
  ends.get_acquainted();  // a second ago it was heard
  auto guest = stranger(1);
  guest.begin(ends.server, ends.now, wire::ping{});
  CHECK(ends.discarded_by_server(discard_reason::session_limit) == 1);
  ends.now += 5s;
  guest.begin(ends.server, ends.now, wire::ping{});
  CHECK(ends.discarded_by_server(discard_reason::session_limit) == 1);
  CHECK(ends.server.total().sessions == 1);
  CHECK(ends.server.total().sessions_ended == 1);
}

TEST_CASE("while no sessions are taken strangers are not answered and those who are there go on") {
  two_ends ends;
  ends.get_acquainted();
  ends.server.accept_sessions(false);
  auto guest = stranger(1);
  guest.begin(ends.server, ends.now, wire::ping{});
  CHECK(ends.discarded_by_server(discard_reason::no_new_sessions) == 1);
  CHECK(collect(ends.server, ends.now).empty());
  ends.client.send(ends.peer, bytes_of("still here"), ends.reliable_request(), {1}, ends.now);
  ends.advance(1s);
  CHECK(ends.replies.back() == "re:still here");
  ends.server.accept_sessions(true);
  guest.begin(ends.server, ends.now, wire::ping{});
  CHECK(ends.server.total().sessions == 2);
}

TEST_CASE("a flood of sessions takes no more room than the limit") {
  two_ends ends;
  ends.server = small_server(16, 64, ends.now);
  for (std::uint16_t i = 0; i < 2000; ++i) {
    ends.now += 1ms;
    stranger(i).begin(ends.server, ends.now, wire::ping{});
    REQUIRE(ends.server.total().sessions <= 16);
    discard_events(ends.server);
  }
  CHECK(ends.server.total().sessions_opened == 2000);
}

TEST_CASE(
    "what is held for addresses that proved nothing is bounded in all, the silent longest going first") {
  two_ends ends;
  switchboard_options o;
  o.unproven_bytes = 10'000;
  ends.server = switchboard(o, seeded(2), ends.now);
  wire::message request;
  request.wants_reply = true;
  const std::string large(1000, 'x');
  for (std::uint16_t n = 1; n <= 50; ++n) {
    stranger(n).begin(ends.server, ends.now, request);
    while (const auto e = ends.server.poll_event()) {
      const auto* m = std::get_if<message_arrived>(&*e);
      if (m != nullptr) CHECK(ends.server.reply(m->id, bytes_of(large), ends.now) == send_status::accepted);
    }
  }
  CHECK(ends.server.total().sessions == 10);
  ends.get_acquainted();  // an honest client still gets in, at the cost of another stranger
  CHECK(ends.server.total().sessions == 10);
}

TEST_CASE("a late datagram of a session that ended does not begin it anew") {
  two_ends ends;
  ends.client.send(ends.peer, bytes_of("once"), {}, {1}, ends.now);
  ends.carry_to_server();
  const datagram first = ends.last_from_client;
  ends.exchange();
  ends.client.close(ends.peer, ends.now);
  ends.exchange();
  REQUIRE(ends.server.total().sessions == 0);
  ends.server.handle_datagram(first, {ends.client_at, {}}, ends.now);
  ends.drain_events();
  CHECK(ends.arrived == std::vector<std::string>{"once"});
  CHECK(ends.server.total().sessions == 0);
  const auto refusals = collect(ends.server, ends.now);
  REQUIRE(refusals.size() == 1);
  CHECK(is_refusal(refusals[0]));
}

TEST_CASE("a hello as old as what had to be forgotten is refused, a younger one begins a session") {
  two_ends ends;
  ends.server = small_server(1, 1, ends.now);
  for (std::uint16_t i = 0; i < 3; ++i) {  // each evicts the one before; the first is forgotten
    stranger(i).begin(ends.server, ends.now, wire::ping{});
    discard_events(ends.server);
  }
  ends.now += 10s;
  auto old_one = stranger(50), young = stranger(51);
  ends.server.handle_datagram(hostile_peer::write(old_one.header(true), wire::hello{10001, 0}, wire::ping{}),
                              {old_one.at, {}}, ends.now);
  CHECK(ends.discarded_by_server(discard_reason::unknown_session) == 1);
  ends.server.handle_datagram(hostile_peer::write(young.header(true), wire::hello{9999, 0}, wire::ping{}),
                              {young.at, {}}, ends.now);
  CHECK(ends.discarded_by_server(discard_reason::unknown_session) == 1);
  CHECK(ends.server.total().sessions == 1);
}

TEST_CASE("closing tells the peer, gives every message its outcome and makes the peer id invalid") {
  two_ends ends;
  ends.get_acquainted();
  ends.server_replies = false;
  ends.client.send(ends.peer, bytes_of("asked"), ends.reliable_request(), {1}, ends.now);
  ends.exchange();
  ends.client.send(ends.peer, bytes_of("not sent"), {}, {2}, ends.now);
  ends.client.close(ends.peer, ends.now);
  ends.exchange();
  REQUIRE(ends.resolved.size() == 2);
  CHECK(ends.resolved[0].report.outcome == outcome::unknown);
  CHECK(ends.resolved[1].report.outcome == outcome::refused);
  CHECK(ends.ended == std::vector{end_reason::closed_here});
  CHECK(ends.server.total().sessions == 0);
  CHECK(ends.client.send(ends.peer, {}, {}, {3}, ends.now) == send_status::no_peer);
  CHECK_FALSE(ends.client.of(ends.peer));
  CHECK_FALSE(ends.client.open(ends.server_at, ends.now) == ends.peer);
}

TEST_CASE("a responder that closes ends the session at the other end, which may begin another") {
  two_ends ends;
  ends.get_acquainted();
  ends.server.close_all(ends.now);
  ends.exchange();
  CHECK(ends.ended == std::vector{end_reason::closed_by_peer});
  ends.client.send(ends.peer, bytes_of("again"), ends.reliable_request(), {1}, ends.now);
  ends.advance(1s);
  CHECK(ends.replies == std::vector<std::string>{"re:again"});
}

TEST_CASE("silent sessions end at both ends, the initiator's first") {
  two_ends ends;
  ends.get_acquainted();
  ends.advance(29s);
  CHECK(ends.client.total().sessions == 1);
  ends.advance(2s);
  CHECK(ends.ended == std::vector{end_reason::idle});
  CHECK(ends.server.total().sessions == 1);
  ends.advance(30s);
  CHECK(ends.server.total().sessions == 0);
}

TEST_CASE("a switchboard that begins no sessions for others says so") {
  two_ends ends;
  switchboard_options o;
  o.accept_sessions = false;
  ends.server = switchboard(o, seeded(2), ends.now);
  ends.client.send(ends.peer, bytes_of("anybody there?"), ends.reliable_request(), {1}, ends.now);
  ends.advance(1s);
  REQUIRE(ends.resolved.size() == 1);
  CHECK(ends.ended == std::vector{end_reason::peer_forgot});
  CHECK(ends.server.total().sessions == 0);
}

TEST_CASE("a peer that takes no messages still hears acknowledgements, and gets them once it does") {
  two_ends ends;
  ends.get_acquainted();
  ends.server.accept_messages(false);
  ends.client.send(ends.peer, bytes_of("later"), ends.reliable_request(), {1}, ends.now);
  ends.advance(2s);
  CHECK(ends.arrived.empty());
  CHECK(ends.discarded_by_server(discard_reason::not_accepting) >= 3);
  ends.server.accept_messages(true);
  ends.advance(3s);
  CHECK(ends.replies == std::vector<std::string>{"re:later"});
  CHECK(ends.arrived.size() == 1);
}

TEST_CASE("the largest message does not wait behind an acknowledgement that takes its room") {
  two_ends ends;
  ends.get_acquainted();
  send_options once;
  once.mode = delivery_mode::unreliable;
  for (std::uint64_t i = 0; i < 200; ++i) {
    ends.lose = i % 3 == 0 && i < 90 ? 1 : 0;
    ends.client.send(ends.peer, bytes_of("tick"), once, {i}, ends.now);
    ends.carry_to_server();
    ends.carry_to_client();
  }
  ends.advance(1s);
  ends.client.send(ends.peer, bytes_of("?"), ends.reliable_request(), {999}, ends.now);
  ends.server_replies = false;
  std::optional<request_id> request;
  for (const datagram& d : collect(ends.client, ends.now)) {
    ends.server.handle_datagram(d, {ends.client_at, {}}, ends.now);
  }
  while (auto e = ends.server.poll_event()) {
    if (auto* m = std::get_if<message_arrived>(&*e)) request = m->id;
  }
  REQUIRE(request);
  const std::string large(max_whole_message, 'x');
  REQUIRE(ends.server.reply(*request, bytes_of(large), ends.now) == send_status::accepted);
  const auto datagrams = collect(ends.server, ends.now);
  REQUIRE_FALSE(datagrams.empty());
  CHECK(datagrams.back().size() > max_whole_message);
}

TEST_CASE("requests that a program never answers do not close the session to others for ever") {
  two_ends ends;
  ends.get_acquainted();
  ends.server_replies = false;
  for (std::uint64_t i = 0; i < 2000; ++i) {
    ends.client.send(ends.peer, bytes_of("?"), ends.reliable_request(), {i}, ends.now);
  }
  ends.advance(20s);
  CHECK(ends.arrived.size() > 1024 - 300);  // a datagram that would go beyond the limit is refused whole
  CHECK(ends.arrived.size() <= 1024);
  ends.advance(15s);
  ends.server_replies = true;
  ends.client.send(ends.peer, bytes_of("anybody?"), ends.reliable_request(), {5000}, ends.now);
  ends.advance(1s);
  CHECK(ends.replies.back() == "re:anybody?");
}
