// SPDX-License-Identifier: MIT
#include "apps/link/tun_forwarder.h"

#include <unistd.h>

#include <string>
#include <vector>

#include "tests/link/real_link.h"
#include "tests/support/catch.h"
#include "udp/net/text.h"

namespace dgram::test {
namespace {

using app::side;
using std::chrono::milliseconds;

TEST_CASE("a datagram crosses both ways, and the counts close") {
  const auto link = real_link::make({});
  if (!link) return;
  int client = -1;
  int server = -1;
  link->at(side::client, [&] { client = udp_socket_at(side::client); });
  link->at(side::server, [&] { server = udp_socket_at(side::server); });
  send_to(client, side::server, 9, "there");
  CHECK(receive(server) == "there");
  send_to(server, side::client, 9, "and back");
  CHECK(receive(client) == "and back");
  link->stop();
  for (const side s : {side::client, side::server}) {
    CHECK(link->path.link(s).counts().offered == 1);
    CHECK(link->path.link(s).counts().delivered == 1);
    CHECK(link->path.link(s).counts().closes());
    CHECK(link->pair.counts(s).to_us_dropped == 0);
  }
  CHECK(link->forwarder.counts().largest == 20 + 8 + 8);
  CHECK(link->forwarder.counts().unreadable == 0);
  ::close(client);
  ::close(server);
}

TEST_CASE("datagrams meet the fates that the seed has for them, counted from the first that anybody sent") {
  app::impairment what;
  what.up.loss = 0.3;
  what.seed = 7;
  const auto link = real_link::make(what);
  if (!link) return;
  int client = -1;
  int server = -1;
  link->at(side::client, [&] { client = udp_socket_at(side::client); });
  link->at(side::server, [&] { server = udp_socket_at(side::server); });
  sim::link model(what.up, what.seed, 0);
  std::uint64_t lost = 0;
  for (int i = 0; i < 50; ++i) {
    const std::string text = std::to_string(i);
    send_to(client, side::server, 9, text);
    if (model.push(bytes_of(text), time_point{}) == sim::fate::carried) {
      CHECK(receive(server) == text);
    } else {
      ++lost;
    }
  }
  link->stop();
  CHECK(lost > 5);
  CHECK(link->path.link(side::client).counts().lost == lost);
  ::close(client);
  ::close(server);
}

TEST_CASE("ping crosses over IPv4 and IPv6, and nothing but what it sent") {
  if (::access("/usr/bin/ping", X_OK) != 0 && ::access("/bin/ping", X_OK) != 0) {
    WARN("skipped: ping is not installed");
    return;
  }
  const auto link = real_link::make({});
  if (!link) return;
  std::vector<std::string> commands{"ping -q -n -c 5 -i 0.01 -W 5 198.18.0.2 > /dev/null"};
  if (link->pair.has_ipv6()) commands.emplace_back("ping -q -n -c 5 -i 0.01 -W 5 2001:2::2 > /dev/null");
  for (const auto& command : commands) {
    link->at(side::client, [&] { CHECK(std::system(command.c_str()) == 0); });
  }
  link->stop();
  CHECK(link->path.link(side::client).counts().offered == 5 * commands.size());
  CHECK(link->path.link(side::server).counts().offered == 5 * commands.size());
}

TEST_CASE("a link can be made again and again in one process") {
  for (int i = 0; i < 3; ++i) {
    if (!real_link::make({})) return;
  }
}

}  // namespace
}  // namespace dgram::test
