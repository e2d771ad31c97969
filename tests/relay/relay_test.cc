// SPDX-License-Identifier: MIT
#include "apps/relay/relay.h"

#include <set>

#include "tests/net/loop.h"
#include "tests/net/raw_udp.h"
#include "tests/support/catch.h"
#include "udp/net/clock.h"

using namespace dgram;
using namespace dgram::app;
using namespace dgram::test;
using namespace std::chrono_literals;

namespace {

// A server and a relay before it, on one loop.
struct rig {
  explicit rig(const impairment& what = {}, relay_options options = {}, bool ipv6 = false)
      : server(context, ipv6 ? ipv6_loopback(0) : ipv4_loopback(0)), path(what, read_clock()) {
    options.listen = ipv6 ? ipv6_loopback(0) : ipv4_loopback(0);
    options.to = server.local();
    relaying.emplace(context, path, options);
    relaying->start();
  }

  // From a client to the server, and waits for it there.
  void pass(raw_udp& client, const std::string& text) {
    const std::size_t before = server.got.size();
    client.send(relaying->local(), text);
    REQUIRE(run_until(context, [&] { return server.got.size() > before; }));
    CHECK(server.got.back().text == text);
  }
  const sim::link_counts& up() { return path.link(side::client).counts(); }
  const sim::link_counts& down() { return path.link(side::server).counts(); }

  asio::io_context context;
  raw_udp server;
  impaired_path path;
  std::optional<relay> relaying;
};

impairment delayed(duration by) {
  impairment what;
  what.up.delay = what.down.delay = by;
  return what;
}

}  // namespace

TEST_CASE("a datagram and its reply go through and come from the relay") {
  for (const bool ipv6 : {false, true}) {
    CAPTURE(ipv6);
    rig r({}, {}, ipv6);
    raw_udp client(r.context, ipv6 ? ipv6_loopback(0) : ipv4_loopback(0));
    r.pass(client, "hello");
    r.server.send(r.server.got[0].from, "well");
    REQUIRE(run_until(r.context, [&] { return !client.got.empty(); }));
    CHECK(client.got[0].text == "well");
    CHECK(client.got[0].from == r.relaying->local());
    CHECK(r.up().delivered == 1);
    CHECK(r.down().delivered == 1);
  }
}

TEST_CASE("the server sees one port for each client and replies find theirs") {
  rig r;
  std::vector<std::unique_ptr<raw_udp>> clients;
  for (int i = 0; i < 50; ++i) {
    clients.push_back(std::make_unique<raw_udp>(r.context, ipv4_loopback(0)));
    r.pass(*clients.back(), std::to_string(i));
  }
  for (const auto& one : clients) r.pass(*one, "again");
  std::set<address> seen;
  for (const auto& d : r.server.got) seen.insert(d.from);
  CHECK(seen.size() == 50);
  for (int i = 0; i < 50; ++i)
    r.server.send(r.server.got[static_cast<std::size_t>(i)].from, std::to_string(i));
  REQUIRE(run_until(r.context, [&] { return r.down().delivered == 50; }));
  for (std::size_t i = 0; i < 50; ++i) {
    REQUIRE(run_until(r.context, [&] { return !clients[i]->got.empty(); }));
    CHECK(clients[i]->got[0].text == std::to_string(i));
  }
  CHECK(r.relaying->counts().clients == 50);
}

TEST_CASE("the client silent longest makes room for a new one and is counted") {
  relay_options options;
  options.max_clients = 2;
  rig r({}, options);
  raw_udp a(r.context, ipv4_loopback(0));
  raw_udp b(r.context, ipv4_loopback(0));
  raw_udp c(r.context, ipv4_loopback(0));
  r.pass(a, "a");
  r.pass(b, "b");
  r.pass(a, "a");
  r.pass(c, "c");
  CHECK(r.relaying->counts().evicted == 1);
  CHECK(r.relaying->clients() == 2);
  // The first is known still, the second is a new one.
  r.pass(a, "a");
  CHECK(r.server.got.back().from == r.server.got[0].from);
  r.pass(b, "b");
  CHECK(r.relaying->counts().clients == 4);
}

TEST_CASE("what is under way for a client that was forgotten is counted") {
  relay_options options;
  options.max_clients = 1;
  rig r(delayed(20ms), options);
  raw_udp a(r.context, ipv4_loopback(0));
  raw_udp b(r.context, ipv4_loopback(0));
  a.send(r.relaying->local(), "lost");
  REQUIRE(run_until(r.context, [&] { return r.up().offered == 1; }));
  r.pass(b, "arrives");
  CHECK(r.server.got.size() == 1);
  CHECK(r.relaying->counts().client_gone == 1);
  CHECK(r.up().delivered == 2);
}

TEST_CASE("a client that is silent too long is forgotten") {
  relay_options options;
  options.idle = 20ms;
  rig r({}, options);
  raw_udp a(r.context, ipv4_loopback(0));
  r.pass(a, "hello");
  REQUIRE(run_until(r.context, [&] { return r.relaying->clients() == 0; }));
  CHECK(r.relaying->counts().idle == 1);
  r.pass(a, "hello again");
  CHECK(r.relaying->counts().clients == 2);
}

TEST_CASE("nobody behind the relay ends nothing and is counted") {
  rig r;
  raw_udp client(r.context, ipv4_loopback(0));
  relay_options options;
  options.listen = ipv4_loopback(0);
  {
    raw_udp gone(r.context, ipv4_loopback(0));
    options.to = gone.local();
  }
  impaired_path path({}, read_clock());
  relay to_nobody(r.context, path, options);
  to_nobody.start();
  const auto refusals = [&] {
    const socket_statistics s = to_nobody.counts().server_side;
    return s.receive_errors + s.send_refused;
  };
  for (std::uint64_t i = 1; i <= 3; ++i) {
    client.send(to_nobody.local(), "anybody?");
    REQUIRE(run_until(r.context, [&] { return path.link(side::client).counts().offered == i; }));
    REQUIRE(run_until(r.context, [&] { return refusals() >= i; }));
  }
  CHECK(path.link(side::client).counts().delivered == 3);
}

TEST_CASE("the largest datagram passes and comes back") {
  rig r;
  raw_udp client(r.context, ipv4_loopback(0));
  const std::string large(65507, 'x');
  r.pass(client, large);
  r.server.send(r.server.got[0].from, large);
  REQUIRE(run_until(r.context, [&] { return !client.got.empty(); }));
  CHECK(client.got[0].text == large);
  CHECK(r.relaying->counts().client_side.truncated == 0);
}

TEST_CASE("an empty datagram passes") {
  rig r;
  raw_udp client(r.context, ipv4_loopback(0));
  r.pass(client, "");
}

TEST_CASE("a datagram waits as long as it is asked to") {
  rig r(delayed(30ms));
  raw_udp client(r.context, ipv4_loopback(0));
  const time_point before = read_clock();
  r.pass(client, "hello");
  CHECK(read_clock() - before >= 30ms);
}

TEST_CASE("the same seed loses the same datagrams of a relay") {
  impairment what;
  what.seed = 7;
  what.up.loss = 0.3;
  const auto survivors = [&] {
    rig r(what);
    raw_udp client(r.context, ipv4_loopback(0));
    for (int i = 0; i < 200; ++i) client.send(r.relaying->local(), std::to_string(i));
    REQUIRE(run_until(r.context,
                      [&] { return r.up().offered == 200 && r.server.got.size() == r.up().delivered; }));
    std::set<int> got;
    for (const auto& d : r.server.got) got.insert(std::stoi(d.text));
    return got;
  };
  const std::set<int> first = survivors();
  CHECK(first.size() > 100);
  CHECK(first.size() < 180);
  CHECK(first == survivors());
}

TEST_CASE("what was lost before it was read is counted") {
  rig r;
  raw_udp client(r.context, ipv4_loopback(0));
  // More than any buffer takes, while nobody reads.
  constexpr std::uint64_t sent = 4000;
  const std::string large(8000, 'x');
  for (std::uint64_t i = 0; i < sent; ++i) client.send(r.relaying->local(), large);
  REQUIRE(run_until(
      r.context, [&] { return r.up().offered + r.relaying->counts().client_side.receive_overflow == sent; }));
  CHECK(r.relaying->counts().client_side.receive_overflow > 0);
  CHECK(r.up().closes());
}
