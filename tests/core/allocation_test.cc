// SPDX-License-Identifier: MIT
#include <array>
#include <cstddef>

#include "tests/core/hostile_peer.h"
#include "tests/core/two_ends.h"
#include "tests/support/catch.h"
#include "tests/support/count_allocations.h"

using namespace dgram;
using namespace dgram::test;
using namespace std::chrono_literals;

namespace {

// Two switchboards that answer each other without a container of the test's own.
struct pair_of_boards {
  time_point now{1h};
  switchboard client{{}, seeded(1), now}, server{{}, seeded(2), now};
  peer_id peer = client.open(host(2), now);
  std::array<std::byte, max_datagram_size> buffer{};
  std::uint64_t arrived = 0, resolved = 0;

  void take_events() {
    while (const auto e = server.poll_event()) {
      const auto* m = std::get_if<message_arrived>(&*e);
      if (m == nullptr) continue;
      ++arrived;
      if (m->wants_reply) server.reply(m->id, m->bytes, now);
    }
    while (const auto e = client.poll_event()) {
      if (std::holds_alternative<message_resolved>(*e)) ++resolved;
    }
  }
  bool carry(switchboard& from, std::uint16_t port, switchboard& to) {
    bool any = false;
    while (const auto t = from.poll_transmit(now, buffer)) {
      any = true;
      to.handle_datagram(std::span(buffer).first(t->size), {host(port), {}}, now);
      take_events();
    }
    return any;
  }
  void settle() {
    for (bool any = true; any;) {
      any = carry(client, 1, server);
      any = carry(server, 2, client) || any;
    }
    now += 1ms;
    client.handle_timeout(now);
    server.handle_timeout(now);
    take_events();
  }
  void send(std::size_t count, const send_options& o) {
    static const std::array<std::byte, 64> text{};
    for (; count > 0; --count) client.send(peer, text, o, {0}, now);
    settle();
  }
};

std::uint64_t allocations_of(pair_of_boards& boards, std::size_t turns, std::size_t per_turn,
                             const send_options& o) {
  const std::uint64_t before = allocations;
  for (std::size_t i = 0; i < turns; ++i) boards.send(per_turn, o);
  return allocations - before;
}

}  // namespace

TEST_CASE("ten thousand requests and replies allocate nothing once warm") {
  pair_of_boards boards;
  send_options request;
  request.wants_reply = true;
  allocations_of(boards, 100, 1, request);
  const std::uint64_t arrived = boards.arrived;
  CHECK(allocations_of(boards, 10000, 1, request) == 0);
  CHECK(boards.arrived == arrived + 10000);
}

TEST_CASE("a hundred thousand messages of each mode in batches allocate nothing once warm") {
  for (const auto mode : {delivery_mode::unreliable, delivery_mode::sequenced, delivery_mode::reliable,
                          delivery_mode::ordered}) {
    pair_of_boards boards;
    send_options o;
    o.mode = mode;
    allocations_of(boards, 100, 100, o);
    CHECK(allocations_of(boards, 1000, 100, o) == 0);
    CHECK(boards.resolved >= 109000);
  }
}

TEST_CASE("an idle session and an idle switchboard are small") {
  const std::int64_t before = live_bytes;
  auto board = std::make_unique<switchboard>(switchboard_options{}, seeded(1), time_point{1h});
  const std::int64_t empty = live_bytes - before;
  for (std::uint16_t i = 0; i < 1000; ++i) {
    hostile_peer p;
    p.at = host(i);
    p.session = {i + 1ULL};
    p.begin(*board, time_point{1h}, wire::ping{});
    discard_events(*board);
    collect(*board, time_point{1h});
  }
  const std::int64_t each = (live_bytes - before - empty) / 1000;
  CHECK(empty < 4096);
  INFO("bytes of an idle session: " << each);
  CHECK(each < 8192);
}

// The worst that a peer can make one session hold: as much as may wait for a missing message, unanswered
// requests up to their limit, and as many replies that it never acknowledges.
TEST_CASE("no peer makes one session hold more than three megabytes") {
  const time_point now{1h};
  const std::int64_t before = live_bytes;
  auto board = std::make_unique<switchboard>(switchboard_options{}, seeded(1), now);
  std::int64_t worst = 0;
  hostile_peer p;
  p.begin(*board, now, wire::ping{});
  const std::uint64_t token = hostile_peer::token_in(collect(*board, now).at(0));
  p.send(*board, now, wire::token_echo{token});
  const std::string large(max_whole_message, 'x');
  std::uint16_t id = 0;
  const auto answer = [&] {
    while (const auto e = board->poll_event()) {
      const auto* m = std::get_if<message_arrived>(&*e);
      if (m != nullptr && m->wants_reply) board->reply(m->id, bytes_of(large), now);
    }
    worst = std::max(worst, live_bytes - before);
  };
  for (int i = 0; i < 2000; ++i, ++id) {
    p.send(*board, now, wire::message{delivery_mode::reliable, true, id, 0, {}, {}, {}});
    answer();
    collect(*board, now);
  }
  for (unsigned channel = 0; channel < 256; ++channel) {
    for (std::uint16_t order = 1; order < 40; ++order, ++id) {
      const channel_id c{static_cast<std::uint8_t>(channel)};
      const bool empty = order % 2 == 0;
      p.send(*board, now,
             wire::message{delivery_mode::ordered,
                           true,
                           id,
                           order,
                           {},
                           c,
                           empty ? std::span<const std::byte>{} : bytes_of(large)});
      p.send(*board, now, wire::skip{++id, static_cast<std::uint16_t>(order + 2000), c});
      answer();
    }
  }
  INFO("bytes at worst: " << worst);
  CHECK(worst < 3 * 1024 * 1024);
}
