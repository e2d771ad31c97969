// SPDX-License-Identifier: MIT
#include "apps/link/tun_forwarder.h"

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <future>
#include <string>
#include <vector>

#include <asio/post.hpp>

#include "tests/link/real_link.h"
#include "tests/support/catch.h"
#include "udp/net/clock.h"
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

// The next datagram's two ECN bits; -1 when nothing came.
int receive_ecn(int socket) {
  char text[2048];
  alignas(cmsghdr) char control[64];
  iovec piece{text, sizeof text};
  msghdr header{};
  header.msg_iov = &piece;
  header.msg_iovlen = 1;
  header.msg_control = control;
  header.msg_controllen = sizeof control;
  if (::recvmsg(socket, &header, 0) < 0) return -1;
  const cmsghdr* told = CMSG_FIRSTHDR(&header);
  return told == nullptr ? -1 : *CMSG_DATA(told) & 3;
}

TEST_CASE("capable packets that wait too long arrive marked, through the kernel's checksum too") {
  app::impairment what;
  what.up.rate = 100'000;  // 1,028 bytes take 10 ms
  what.up.ecn_threshold = milliseconds(15);
  const auto link = real_link::make(what);
  if (!link) return;
  int client = -1;
  int server = -1;
  link->at(side::client, [&] { client = udp_socket_at(side::client); });
  link->at(side::server, [&] { server = udp_socket_at(side::server); });
  const int yes = 1;
  ::setsockopt(server, IPPROTO_IP, IP_RECVTOS, &yes, sizeof yes);
  std::vector<int> sent;
  const auto send = [&](int tos) {
    ::setsockopt(client, IPPROTO_IP, IP_TOS, &tos, sizeof tos);
    send_to(client, side::server, 9, std::string(1000, 'x'));
    sent.push_back(tos);
  };
  // Far more at once than 15 ms hold; the last waits longest.
  for (int i = 0; i < 30; ++i) send(i % 2 == 0 ? 2 : 0);
  send(2);
  std::vector<int> seen;
  for (std::size_t i = 0; i < sent.size(); ++i) seen.push_back(receive_ecn(server));
  link->stop();
  CHECK(seen.front() == 2);
  CHECK(seen.back() == 3);
  for (std::size_t i = 1; i < sent.size(); i += 2) CHECK(seen[i] == 0);
  const auto marked = static_cast<std::uint64_t>(std::count(seen.begin(), seen.end(), 3));
  CHECK(link->path.link(side::client).counts().congestion_marked == marked);
  ::close(client);
  ::close(server);
}

TEST_CASE("an MTU and a rate that change while it runs hold from then on, for what waits too") {
  app::impairment what;
  what.up.rate = 100;  // 13 s each, and nobody waits longer than 5
  const auto link = real_link::make(what);
  if (!link) return;
  int client = -1;
  int server = -1;
  link->at(side::client, [&] { client = udp_socket_at(side::client); });
  link->at(side::server, [&] { server = udp_socket_at(side::server); });
  const auto change = [&] {
    std::promise<void> done;
    asio::post(link->context, [&] {
      link->path.change(what, read_clock());
      link->forwarder.reschedule();
      done.set_value();
    });
    done.get_future().wait();
  };
  for (int i = 0; i < 40; ++i) send_to(client, side::server, 9, std::string(1300, 'x'));
  what.up.rate = 1e9;
  change();
  for (int i = 0; i < 40; ++i) REQUIRE(receive(server).size() == 1300);
  what.up.mtu = 1280;
  change();
  send_to(client, side::server, 9, std::string(1300, 'x'));
  send_to(client, side::server, 9, std::string(1252, 'x'));
  CHECK(receive(server).size() == 1252);
  link->stop();
  CHECK(link->path.link(side::client).counts().too_big == 1);
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
