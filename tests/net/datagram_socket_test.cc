// SPDX-License-Identifier: MIT
#include "udp/net/datagram_socket.h"

#include <algorithm>
#include <string>
#include <vector>

#include <asio/io_context.hpp>

#include "tests/net/loop.h"
#include "tests/support/catch.h"
#include "udp/net/address_text.h"
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
#endif
