// SPDX-License-Identifier: MIT
#include "udp/core/switchboard.h"

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "tests/support/catch.h"
#include "udp/core/splitmix64.h"

using namespace dgram;
using namespace std::chrono_literals;

namespace {

std::span<const std::byte> bytes_of(std::string_view text) {
  return std::as_bytes(std::span(text));
}
std::string text_of(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

random_source seeded(std::uint64_t seed) {
  return [state = seed]() mutable { return splitmix64(state); };
}

address host(std::uint16_t port) {
  address a;
  a.ip[15] = 1;
  a.port = port;
  return a;
}

// Two switchboards and a wire that loses what the test says.
struct two_ends {
  time_point now{1h};
  address client_at = host(1), server_at = host(2);
  switchboard client{{}, seeded(1), now};
  switchboard server{{}, seeded(2), now};
  peer_id peer = client.open(server_at, now);
  std::vector<std::string> arrived;
  std::vector<message_resolved> resolved;
  std::vector<std::string> replies;
  std::vector<end_reason> ended;
  int datagrams = 0;
  int lose = 0;  // so many of the next ones

  send_options reliable_request() {
    send_options o;
    o.wants_reply = true;
    return o;
  }

  void drain_events() {
    while (auto e = server.poll_event()) {
      if (auto* m = std::get_if<message_arrived>(&*e)) {
        arrived.push_back(text_of(m->bytes));
        if (m->wants_reply) server.reply(m->id, bytes_of("re:" + text_of(m->bytes)), now);
      }
    }
    while (auto e = client.poll_event()) {
      if (auto* r = std::get_if<message_resolved>(&*e)) {
        replies.push_back(text_of(r->reply));
        resolved.push_back(*r);
      }
      if (auto* x = std::get_if<session_ended>(&*e)) ended.push_back(x->reason);
    }
  }

  bool carry(switchboard& from, const address& from_at, switchboard& to) {
    std::array<std::byte, max_datagram_size> buffer;
    bool any = false;
    while (auto t = from.poll_transmit(now, buffer)) {
      any = true;
      ++datagrams;
      if (lose > 0) {
        --lose;
        continue;
      }
      to.handle_datagram(std::span(buffer).first(t->size), {from_at, {}}, now);
      drain_events();
    }
    return any;
  }

  void exchange() {
    drain_events();
    while (carry(client, client_at, server) | carry(server, server_at, client)) {
    }
    drain_events();
  }

  void advance(duration by) {
    const time_point end = now + by;
    for (;;) {
      exchange();
      auto next = client.next_timeout();
      if (const auto other = server.next_timeout(); other && (!next || *other < *next)) next = other;
      if (!next || *next > end) break;
      now = std::max(now, *next);
      client.handle_timeout(now);
      server.handle_timeout(now);
    }
    now = end;
    exchange();
  }
};

}  // namespace

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
