// SPDX-License-Identifier: MIT
// Two switchboards and a wire that loses what the test says, in virtual time.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "tests/core/bytes_of.h"
#include "udp/core/splitmix64.h"
#include "udp/core/switchboard.h"

namespace dgram::test {

using datagram = std::vector<std::byte>;

inline random_source seeded(std::uint64_t seed) {
  return [state = seed]() mutable { return splitmix64(state); };
}

inline address host(std::uint16_t port) {
  address a;
  a.ip[15] = 1;
  a.port = port;
  return a;
}

struct two_ends {
  time_point now{std::chrono::hours(1)};
  address client_at = host(1), server_at = host(2);
  switchboard client{{}, seeded(1), now};
  switchboard server{{}, seeded(2), now};
  peer_id peer = client.open(server_at, now);
  std::vector<std::string> arrived;
  std::vector<message_resolved> resolved;
  std::vector<std::string> replies;
  std::vector<end_reason> ended;
  bool server_replies = true;
  int datagrams = 0;
  int lose = 0;  // so many of the next ones
  datagram last_from_client, last_from_server;

  send_options reliable_request() {
    send_options o;
    o.wants_reply = true;
    return o;
  }

  void drain_events() {
    while (auto e = server.poll_event()) {
      if (auto* m = std::get_if<message_arrived>(&*e)) {
        arrived.push_back(text_of(m->bytes));
        if (m->wants_reply && server_replies) server.reply(m->id, bytes_of("re:" + text_of(m->bytes)), now);
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
    std::array<std::byte, largest_datagram> buffer;
    bool any = false;
    while (auto t = from.poll_transmit(now, buffer)) {
      any = true;
      ++datagrams;
      const auto bytes = std::span(buffer).first(t->size);
      (&from == &client ? last_from_client : last_from_server).assign(bytes.begin(), bytes.end());
      if (lose > 0) {
        --lose;
        continue;
      }
      if (&from == &server && t->to.remote != client_at) continue;  // nobody is there any more
      to.handle_datagram(bytes, {from_at, {}}, now);
      drain_events();
    }
    return any;
  }
  bool carry_to_server() { return carry(client, client_at, server); }
  bool carry_to_client() { return carry(server, server_at, client); }

  void exchange() {
    drain_events();
    for (bool any = true; any;) {
      any = carry_to_server();
      any = carry_to_client() || any;
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

  // One answered request: both ends know each other, and the server the client's address.
  void get_acquainted() {
    client.send(peer, bytes_of("hello"), reliable_request(), {0}, now);
    advance(std::chrono::seconds(1));
    arrived.clear();
    resolved.clear();
    replies.clear();
    datagrams = 0;
  }

  std::uint64_t discarded_by_server(discard_reason r) const { return server.total().discarded[r]; }
  std::uint64_t discarded_by_client(discard_reason r) const { return client.total().discarded[r]; }
};

}  // namespace dgram::test
