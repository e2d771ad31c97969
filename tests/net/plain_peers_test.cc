// SPDX-License-Identifier: MIT
#include "udp/net/plain_peers.h"

#include "tests/support/catch.h"
#include "udp/net/address_text.h"

using namespace dgram;
using namespace std::chrono_literals;

namespace {

constexpr std::size_t ipv4_headers = 28;
constexpr std::size_t ipv6_headers = 48;

path from(const address& remote) {
  return {remote, {}};
}

address stranger(std::uint8_t n) {
  return ipv4_address(192, 0, 2, n, 1000);
}

}  // namespace

TEST_CASE("A reply to a stranger is at most three times its request on the wire") {
  plain_peers peers(10, 60s, 1);
  const time_point now{};
  const auto ipv6 = address{.ip = {0x20, 0x01, 0x0d, 0xb8}, .port = 5};
  for (const auto& [remote, headers] :
       {std::pair(stranger(1), ipv4_headers), std::pair(ipv6, ipv6_headers)}) {
    const auto asked = peers.arrived(from(remote), 10, now);
    const std::size_t most = 3 * (10 + headers) - headers;
    CHECK(peers.may_reply(asked.id, most + 1).status == send_status::too_large);
    CHECK(peers.may_reply(asked.id, most).status == send_status::accepted);
    CHECK(peers.may_reply(asked.id, 1).status == send_status::no_peer);
  }
}

TEST_CASE("A reply on this machine is as long as UDP allows") {
  plain_peers peers(10, 60s, 1);
  const auto v4 = peers.arrived(from(ipv4_loopback(5)), 0, {});
  CHECK(peers.may_reply(v4.id, 65508).status == send_status::too_large);
  CHECK(peers.may_reply(v4.id, 65507).status == send_status::accepted);
}

TEST_CASE("What a stranger is sent unasked comes out of what it sent") {
  plain_peers peers(10, 60s, 1);
  const auto asked = peers.arrived(from(stranger(1)), 10, {});
  const std::size_t credit = 3 * (10 + ipv4_headers);
  CHECK(peers.may_reply(asked.id, 10).status == send_status::accepted);
  const std::size_t left = credit - (10 + ipv4_headers);
  CHECK(peers.may_send(asked.id.peer, left - ipv4_headers + 1).status == send_status::too_large);
  CHECK(peers.may_send(asked.id.peer, left - ipv4_headers).status == send_status::accepted);
  CHECK(peers.may_send(asked.id.peer, 0).status == send_status::too_large);
}

TEST_CASE("Beyond the limit the peer that was silent longest is forgotten") {
  plain_peers peers(2, 60s, 1);
  time_point now{};
  const auto first = peers.arrived(from(stranger(1)), 1, now);
  const auto second = peers.arrived(from(stranger(2)), 1, now += 1s);
  CHECK(first.opened);
  CHECK_FALSE(peers.arrived(from(stranger(1)), 1, now += 1s).opened);
  CHECK_FALSE(peers.take_evicted(from(stranger(1))));
  CHECK(peers.take_evicted(from(stranger(3))) == second.id.peer);
  CHECK_FALSE(peers.take_evicted(from(stranger(3))));
  CHECK(peers.arrived(from(stranger(3)), 1, now).opened);
  CHECK(peers.size() == 2);
  CHECK(peers.may_reply(second.id, 1).status == send_status::no_peer);
  CHECK(peers.may_reply(first.id, 1).status == send_status::accepted);
}

TEST_CASE("A silent peer is idle exactly when its time is over") {
  plain_peers peers(2, 60s, 1);
  const time_point start{};
  const auto p = peers.arrived(from(stranger(1)), 1, start);
  CHECK(peers.next_idle() == start + 60s);
  CHECK_FALSE(peers.take_idle(start + 60s - 1ns));
  CHECK(peers.take_idle(start + 60s) == p.id.peer);
  CHECK_FALSE(peers.next_idle());
  CHECK_FALSE(peers.of(p.id.peer));
}

TEST_CASE("A request is forgotten after 4096 further ones") {
  plain_peers peers(2, 60s, 1);
  const auto first = peers.arrived(from(stranger(1)), 1, {});
  for (int i = 0; i < 4096; ++i) peers.arrived(from(stranger(1)), 1, {});
  CHECK(peers.may_reply(first.id, 1).status == send_status::no_peer);
}

TEST_CASE("A closed plain peer's id never becomes valid again") {
  plain_peers peers(2, 60s, 1);
  const auto p = peers.arrived(from(stranger(1)), 1, {});
  CHECK(peers.close(p.id.peer));
  CHECK_FALSE(peers.close(p.id.peer));
  CHECK(peers.arrived(from(stranger(1)), 1, {}).id.peer != p.id.peer);
}
