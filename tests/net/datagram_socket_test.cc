// SPDX-License-Identifier: MIT
#include "udp/net/datagram_socket.h"

#include <algorithm>
#include <string>
#include <vector>

#include <asio/detail/socket_option.hpp>
#include <asio/io_context.hpp>
#include <asio/ip/v6_only.hpp>

#include "tests/net/loop.h"
#include "tests/support/catch.h"
#include "udp/net/address_text.h"
#include "udp/net/socket_address.h"
#include "udp/net/text.h"

using namespace dgram;
using dgram::test::run_until;

namespace {

struct fixture {
  asio::io_context context;
  bool portable = GENERATE(false, true);

  std::unique_ptr<datagram_socket> open(datagram_socket_options options) {
    options.force_portable = portable;
    return datagram_socket::open(context.get_executor(), options);
  }

  // Reads once something is there.
  datagram_socket::received_batch receive(datagram_socket& socket) {
    bool ready = false;
    socket.async_wait_readable([&](std::error_code) { ready = true; });
    REQUIRE(run_until(context, [&] { return ready; }));
    return socket.receive();
  }

  static std::size_t send(datagram_socket& socket, const address& to, const std::string& text) {
    const datagram_socket::departure d{{to, {}}, bytes_of(text)};
    return socket.send({&d, 1}).size();
  }
};

}  // namespace

TEST_CASE("A batch goes out in one call and comes in with its senders") {
  fixture f;
  auto a = f.open({.bind = ipv4_loopback(0)});
  auto b = f.open({.bind = ipv4_loopback(0), .batch = 4});
  const std::vector<std::string> texts{"1", "", "333", "4444", "5"};
  std::vector<datagram_socket::departure> departures;
  for (const auto& t : texts) departures.push_back({{b->local(), {}}, bytes_of(t)});
  CHECK(a->send(departures).empty());

  std::vector<std::string> got;
  auto first = f.receive(*b);
  CHECK(first.arrivals.size() == 4);
  CHECK_FALSE(first.drained);
  for (const auto& x : first.arrivals) {
    CHECK(x.from.remote == a->local());
    got.emplace_back(text_of(x.bytes));
  }
  auto second = b->receive();
  CHECK(second.drained);
  for (const auto& x : second.arrivals) got.emplace_back(text_of(x.bytes));
  CHECK(got == texts);
  CHECK(b->receive().arrivals.empty());
  if (!f.portable) CHECK(a->statistics().send_calls == 1);
}

TEST_CASE("A datagram longer than the buffer arrives marked as truncated") {
  fixture f;
  auto a = f.open({.bind = ipv4_loopback(0)});
  auto b = f.open({.bind = ipv4_loopback(0), .largest = 100});
  f.send(*a, b->local(), std::string(101, 'x'));
  f.send(*a, b->local(), std::string(100, 'y'));
  std::vector<datagram_socket::arrival> got;
  while (got.size() < 2) {
    for (const auto& x : f.receive(*b).arrivals) got.push_back(x);
  }
  CHECK(got[0].truncated);
  CHECK_FALSE(got[1].truncated);
  CHECK(got[1].bytes.size() == 100);
  CHECK(b->statistics().truncated == 1);
}

TEST_CASE("Datagrams that come one at a time are read as well as batches are") {
  fixture f;
  const bool wildcard = GENERATE(false, true);
  CAPTURE(wildcard);
  auto a = f.open({.bind = ipv4_loopback(0)});
  auto b = f.open({.bind = wildcard ? ipv4_wildcard(0) : ipv4_loopback(0), .largest = 100});
  const address to = ipv4_loopback(b->local().port);
  for (std::size_t i = 0; i < 40; ++i) {
    const std::string text(i % 3 == 0 ? 101 : i, 'x');
    f.send(*a, to, text);
    const auto batch = f.receive(*b);
    REQUIRE(batch.arrivals.size() == 1);
    const auto& x = batch.arrivals[0];
    CHECK(x.from.remote == a->local());
    CHECK(x.truncated == (text.size() > 100));
    CHECK(x.bytes.size() == std::min<std::size_t>(text.size(), 100));
    if (wildcard && !f.portable) CHECK(x.from.local == to);
  }
  CHECK(b->receive().arrivals.empty());
  f.send(*a, to, "1");
  f.send(*a, to, "2");
  std::size_t got = 0;
  while (got < 2) got += f.receive(*b).arrivals.size();
  CHECK(got == 2);
}

TEST_CASE("What the system refuses to send is counted, and the rest of the batch leaves") {
  fixture f;
  auto a = f.open({.bind = ipv4_loopback(0)});
  auto b = f.open({.bind = ipv4_loopback(0)});
  const std::string too_long(65508, 'x');
  const std::vector<datagram_socket::departure> departures{{{b->local(), {}}, bytes_of("1")},
                                                           {{b->local(), {}}, bytes_of(too_long)},
                                                           {{ipv6_loopback(9), {}}, bytes_of("no IPv6 here")},
                                                           {{b->local(), {}}, bytes_of("2")}};
  const auto failures = a->send(departures);
  REQUIRE(failures.size() == 2);
  CHECK(failures[0].index == 1);
  CHECK(failures[0].error == asio::error::message_size);
  CHECK(failures[1].index == 2);
  CHECK(a->statistics().send_too_large == 1);
  CHECK(a->statistics().send_unreachable == 1);
  std::size_t got = 0;
  while (got < 2) got += f.receive(*b).arrivals.size();
  CHECK(got == 2);
}

TEST_CASE("On a connected socket a closed port shows once, and the next datagram leaves all the same") {
  fixture f;
  auto gone = f.open({.bind = ipv4_loopback(0)});
  const address nobody = gone->local();
  gone.reset();
  auto a = f.open({.connect = nobody});
  CHECK(f.send(*a, nobody, "1") == 0);
  SECTION("on receive") {
    const auto batch = f.receive(*a);
    CHECK(batch.hint == asio::error::connection_refused);
    CHECK(batch.arrivals.empty());
    CHECK_FALSE(a->receive().hint);
    CHECK(a->statistics().receive_errors == 1);
  }
  SECTION("on send") {
    // The error of the first is there once the socket is readable.
    bool ready = false;
    a->async_wait_readable([&](std::error_code) { ready = true; });
    REQUIRE(run_until(f.context, [&] { return ready; }));
    auto server = f.open({.bind = nobody});
    CHECK(f.send(*a, nobody, "2") == 1);
    CHECK(a->statistics().send_refused == 1);
    const auto batch = f.receive(*server);
    REQUIRE(batch.arrivals.size() == 1);
    CHECK(text_of(batch.arrivals[0].bytes) == "2");
  }
}

TEST_CASE("The system says how much socket buffer it gave") {
  fixture f;
  auto a = f.open({.buffer_bytes = 64 * 1024});
  CHECK(a->statistics().receive_buffer >= 64 * 1024);
  CHECK(a->statistics().send_buffer >= 64 * 1024);
  CHECK(a->local().port != 0);
}

#if defined(__linux__)
TEST_CASE("A socket bound to the wildcard learns which address was asked") {
  fixture f;
  if (f.portable) return;
  auto a = f.open({.bind = ipv4_loopback(0)});
  auto b = f.open({.bind = ipv4_wildcard(0)});
  const address asked = ipv4_address(127, 0, 0, 3, b->local().port);
  f.send(*a, asked, "x");
  const auto batch = f.receive(*b);
  REQUIRE(batch.arrivals.size() == 1);
  CHECK(batch.arrivals[0].from.local == asked);
}

namespace {

// A bare socket of a plain program that sets the whole traffic class of what it sends and reads what comes.
struct bare_socket {
  template <int Level, int Name>
  using option = asio::detail::socket_option::integer<Level, Name>;

  asio::ip::udp::socket socket;
  bool ipv4;

  bare_socket(asio::io_context& context, const address& bind)
      : socket(context, to_udp_endpoint(bind)), ipv4(is_ipv4(bind)) {
    socket.non_blocking(true);
    socket.set_option(option<IPPROTO_IP, IP_RECVTOS>(1));
    if (!ipv4) socket.set_option(option<IPPROTO_IPV6, IPV6_RECVTCLASS>(1));
  }
  address local() const { return to_address(socket.local_endpoint()); }

  void send(const address& to, int traffic_class) {
    if (ipv4) socket.set_option(option<IPPROTO_IP, IP_TOS>(traffic_class));
    if (!ipv4) socket.set_option(option<IPPROTO_IPV6, IPV6_TCLASS>(traffic_class));
    socket.send_to(asio::buffer("x", 1),
                   to_udp_endpoint(to, ipv4 ? socket_family::ipv4 : socket_family::ipv6));
  }

  // Of the next datagram.
  int read_traffic_class(asio::io_context& context) {
    bool ready = false;
    socket.async_wait(asio::socket_base::wait_read, [&](std::error_code) { ready = true; });
    REQUIRE(run_until(context, [&] { return ready; }));
    char text[64];
    alignas(cmsghdr) char control[64];
    iovec piece{text, sizeof text};
    msghdr header{};
    header.msg_iov = &piece;
    header.msg_iovlen = 1;
    header.msg_control = control;
    header.msg_controllen = sizeof control;
    REQUIRE(::recvmsg(socket.native_handle(), &header, 0) >= 0);
    for (cmsghdr* m = CMSG_FIRSTHDR(&header); m != nullptr; m = CMSG_NXTHDR(&header, m)) {
      if (m->cmsg_type != IP_TOS && m->cmsg_type != IPV6_TCLASS) continue;
      return *CMSG_DATA(m);
    }
    return 0;
  }
};

struct way {
  std::string name;
  address peer;    // where the bare socket is
  address socket;  // where ours is bound
  address asked;   // how the bare socket calls it
};

way any_way() {
  const address mapped = ipv4_loopback(0);
  return GENERATE_COPY(way{"IPv4", mapped, mapped, mapped},
                       way{"IPv4, wildcard", mapped, ipv4_wildcard(0), ipv4_address(127, 0, 0, 3, 0)},
                       way{"IPv6", ipv6_loopback(0), ipv6_loopback(0), ipv6_loopback(0)},
                       way{"IPv6, wildcard", ipv6_loopback(0), ipv6_wildcard(0), ipv6_loopback(0)},
                       way{"IPv4 to a socket of both families", mapped, ipv6_wildcard(0), mapped});
}

address with_port(address a, std::uint16_t port) {
  a.port = port;
  return a;
}

}  // namespace

TEST_CASE("A congestion mark is seen on the datagram that has it: both families and IPv4 on a dual socket") {
  fixture f;
  if (f.portable) return;
  const way w = any_way();
  CAPTURE(w.name);
  const bool batch = GENERATE(true, false);  // and one by one
  auto socket = f.open({.bind = w.socket, .ecn = true});
  bare_socket peer(f.context, w.peer);
  const address to = with_port(w.asked, socket->local().port);
  const std::vector<int> classes{0, 3, 1, 2, 0xb8 | 3, 3, 0, 3, 0, 2, 3, 0, 3};
  std::vector<bool> got;
  if (batch) {
    for (const int c : classes) peer.send(to, c);
  }
  while (got.size() < classes.size()) {
    if (!batch) peer.send(to, classes[got.size()]);
    for (const auto& x : f.receive(*socket).arrivals) {
      got.push_back(x.congestion_marked);
      if (w.socket.ip == ipv6_wildcard(0).ip || is_wildcard(w.socket)) CHECK(x.from.local == to);
    }
  }
  for (std::size_t i = 0; i < classes.size(); ++i) {
    CAPTURE(i);
    CHECK(got[i] == ((classes[i] & 3) == 3));
  }
}

TEST_CASE("Departures that are capable of congestion marks say so and others do not") {
  fixture f;
  if (f.portable) return;
  const way w = any_way();
  CAPTURE(w.name);
  const bool connected = GENERATE(false, true);
  CAPTURE(connected);
  bare_socket peer(f.context, w.peer);
  const bool ecn = GENERATE(true, false);
  datagram_socket_options options{.bind = w.socket, .ecn = ecn};
  if (connected) options.connect = peer.local();
  auto socket = f.open(options);
  // The second is sent from an address that is named.
  const path bare{peer.local(), {}};
  const path named{peer.local(), with_port(w.asked, socket->local().port)};
  const std::vector<datagram_socket::departure> departures{{bare, bytes_of("1"), true},
                                                           {named, bytes_of("2"), true},
                                                           {bare, bytes_of("3"), false},
                                                           {named, bytes_of("4"), false}};
  CHECK(socket->send(departures).empty());
  CHECK(socket->send(std::span(departures).first(1)).empty());
  CHECK(socket->send(std::span(departures).last(1)).empty());
  for (const int wanted : {2, 2, 0, 0, 2, 0}) CHECK(peer.read_traffic_class(f.context) == (ecn ? wanted : 0));
}

TEST_CASE("Without packet info all departures say that they are capable of congestion marks") {
  asio::io_context context;
  const bool ecn = GENERATE(true, false);
  const address loopback = GENERATE(ipv4_loopback(0), ipv6_loopback(0));
  bare_socket peer(context, loopback);
  auto socket =
      datagram_socket::open(context.get_executor(), {.bind = loopback, .ecn = ecn, .force_portable = true});
  const datagram_socket::departure d{{peer.local(), {}}, bytes_of("x"), true};
  CHECK(socket->send({&d, 1}).empty());
  CHECK(peer.read_traffic_class(context) == (ecn ? 2 : 0));
}

TEST_CASE("A datagram that is to stay whole is refused where the interface cannot carry it, others are cut") {
  fixture f;
  if (f.portable) return;
  // Loopback carries packets of 65,536 bytes, which only IPv6 can exceed.
  auto to = f.open({.bind = ipv6_loopback(0), .largest = 65535});
  const std::string large(65500, 'x');
  const path way{to->local(), {}};
  const bool may_fragment = GENERATE(true, false);
  auto from = f.open({.bind = ipv6_loopback(0), .may_fragment = may_fragment});
  const std::vector<datagram_socket::departure> departures{
      {way, bytes_of("1"), false, true},    {way, bytes_of(large), false, true},
      {way, bytes_of(large), false, false}, {way, bytes_of("2"), false, true},
      {way, bytes_of(large), false, true},  {way, bytes_of("3"), false, false}};
  std::vector<std::size_t> refused;
  for (const auto& failure : from->send(departures)) {
    CHECK(failure.error == asio::error::message_size);
    refused.push_back(failure.index);
  }
  CHECK(refused == (may_fragment ? std::vector<std::size_t>{1, 4} : std::vector<std::size_t>{1, 2, 4}));
  std::vector<std::size_t> sizes;
  while (sizes.size() < departures.size() - refused.size()) {
    for (const auto& x : f.receive(*to).arrivals) sizes.push_back(x.bytes.size());
  }
  CHECK(sizes ==
        (may_fragment ? std::vector<std::size_t>{1, 65500, 1, 1} : std::vector<std::size_t>{1, 1, 1}));
}
#endif
