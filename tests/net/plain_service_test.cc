// SPDX-License-Identifier: MIT
#include <functional>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include <asio/io_context.hpp>

#include "tests/net/loop.h"
#include "tests/net/raw_udp.h"
#include "tests/support/catch.h"
#include "udp/net/address_text.h"
#include "udp/net/udp_endpoint.h"

using namespace dgram;
using namespace std::chrono_literals;
using dgram::test::raw_udp;
using dgram::test::run_until;

namespace {

void serve_echo(udp_endpoint& server) {
  server.on_message([&server](const message_view& m) { server.reply(m.id, m.bytes); });
}

}  // namespace

TEST_CASE("A plain datagram is a message, an empty one too, and its reply is the bytes as they are") {
  asio::io_context context;
  const bool portable = GENERATE(false, true);
  CAPTURE(portable);
  udp_endpoint server(context.get_executor(), {.bind = ipv4_loopback(0), .force_portable = portable});
  std::vector<std::string> heard;
  int opened = 0;
  server.on_session([&](const session_opened&) { ++opened; }, {});
  server.on_message([&](const message_view& m) {
    CHECK(m.plain);
    CHECK(m.wants_reply);
    heard.emplace_back(text_of(m.bytes));
    CHECK(server.reply(m.id, bytes_of("got " + std::string(text_of(m.bytes)))) == send_status::accepted);
    CHECK(server.reply(m.id, bytes_of("again")) == send_status::no_peer);
  });
  raw_udp nc(context, ipv4_loopback(0));
  nc.send(server.local(), "hello\n");
  nc.send(server.local(), "");
  REQUIRE(run_until(context, [&] { return nc.got.size() == 2; }));
  CHECK(heard == std::vector<std::string>{"hello\n", ""});
  CHECK(nc.got[0].text == "got hello\n");
  CHECK(nc.got[1].text == "got ");
  CHECK(nc.got[0].from == server.local());
  CHECK(opened == 1);
  CHECK(server.total().messages_received == 2);
}

TEST_CASE("Plain messages can be received and answered later, and plain peers be sent to") {
  asio::io_context context;
  udp_endpoint server(context.get_executor(), {.bind = ipv4_loopback(0)});
  raw_udp nc(context, ipv4_loopback(0));
  nc.send(server.local(), "hello");
  std::optional<received> got;
  server.async_receive([&](std::error_code, received r) { got = std::move(r); });
  REQUIRE(run_until(context, [&] { return got.has_value(); }));
  CHECK(server.reply(got->id, bytes_of("later")) == send_status::accepted);
  std::optional<delivery_report> report;
  server.async_send(got->id.peer, bytes_of("more"), {},
                    [&](std::error_code, delivery_report r) { report = r; });
  REQUIRE(run_until(context, [&] { return nc.got.size() == 2 && report; }));
  CHECK(report->outcome == outcome::unknown);
  CHECK(nc.got[1].text == "more");
  CHECK(server.remote_of(got->id.peer) == nc.local());
  CHECK(server.of(got->id.peer)->messages_sent == 2);
}

TEST_CASE("While no sessions are taken plain strangers are not answered and those who are known go on") {
  asio::io_context context;
  udp_endpoint server(context.get_executor(), {.bind = ipv4_loopback(0)});
  serve_echo(server);
  raw_udp known(context, ipv4_loopback(0));
  raw_udp stranger(context, ipv4_loopback(0));
  known.send(server.local(), "1");
  REQUIRE(run_until(context, [&] { return known.got.size() == 1; }));
  server.accept_sessions(false);
  stranger.send(server.local(), "2");
  REQUIRE(run_until(context, [&] { return server.total().discarded[discard_reason::no_new_sessions] == 1; }));
  known.send(server.local(), "3");
  REQUIRE(run_until(context, [&] { return known.got.size() == 2; }));
  CHECK(stranger.got.empty());
}

TEST_CASE("Without plain service a plain datagram is discarded and counted") {
  asio::io_context context;
  const bool connected = GENERATE(false, true);
  CAPTURE(connected);
  raw_udp nc(context, ipv4_loopback(0));
  udp_endpoint_options options{.bind = ipv4_loopback(0), .plain = false};
  if (connected) options = {.connect = nc.local()};
  udp_endpoint server(context.get_executor(), options);
  CHECK_FALSE(server.plain_service());
  serve_echo(server);
  nc.send(server.local(), "hello");
  REQUIRE(run_until(context, [&] { return server.total().discarded[discard_reason::plain_refused] == 1; }));
  CHECK(nc.got.empty());
}

TEST_CASE("A datagram of a session whose first byte was damaged is no plain message") {
  asio::io_context context;
  udp_endpoint server(context.get_executor(), {.bind = ipv4_loopback(0)});
  serve_echo(server);
  raw_udp middle(context, ipv4_loopback(0));
  udp_endpoint client(context.get_executor(), {.bind = ipv4_loopback(0)});
  client.try_send(client.open(middle.local()), bytes_of("hello"), {});
  REQUIRE(run_until(context, [&] { return !middle.got.empty(); }));
  std::string datagram = middle.got.front().text;
  middle.send(server.local(), datagram);
  REQUIRE(run_until(context, [&] { return server.total().messages_received == 1; }));

  datagram.front() = 'A';
  middle.send(server.local(), datagram);
  REQUIRE(run_until(context, [&] { return server.total().datagrams_received == 2; }));
  CHECK(server.total().discarded[discard_reason::bad_checksum] == 1);
  CHECK(server.total().messages_received == 1);
}

TEST_CASE("Plain service is off by default where strangers can send, and can be asked for") {
  asio::io_context context;
  CHECK_FALSE(udp_endpoint(context.get_executor(), {.bind = ipv4_wildcard(0)}).plain_service());
  CHECK(udp_endpoint(context.get_executor(), {.bind = ipv4_wildcard(0), .plain = true}).plain_service());
  CHECK(udp_endpoint(context.get_executor(), {.bind = ipv4_loopback(0)}).plain_service());
}

#if defined(__linux__)
TEST_CASE("A plain peer is answered from the address it asked") {
  asio::io_context context;
  const auto where = GENERATE(ipv4_wildcard(0), ipv6_wildcard(0));
  CAPTURE(to_string(where));
  std::optional<udp_endpoint> server;
  try {
    server.emplace(context.get_executor(), udp_endpoint_options{.bind = where, .plain = true});
  } catch (const std::system_error&) {
    WARN("skipped: no IPv6 on this system");
    return;
  }
  serve_echo(*server);
  raw_udp nc(context, ipv4_loopback(0));
  const address asked = ipv4_address(127, 0, 0, 2, server->local().port);
  nc.send(asked, "hello");
  REQUIRE(run_until(context, [&] { return !nc.got.empty(); }));
  CHECK(nc.got[0].from == asked);
}
#endif

TEST_CASE("A plain peer that is silent is forgotten") {
  asio::io_context context;
  udp_endpoint server(context.get_executor(), {.bind = ipv4_loopback(0), .plain_idle = 1ms});
  std::optional<end_reason> ended;
  server.on_session({}, [&](const session_ended& e) { ended = e.reason; });
  raw_udp nc(context, ipv4_loopback(0));
  nc.send(server.local(), "hello");
  REQUIRE(run_until(context, [&] { return ended.has_value(); }));
  CHECK(*ended == end_reason::idle);
}

TEST_CASE("Datagrams of every kind and length are survived and accounted for") {
  asio::io_context context;
  const bool portable = GENERATE(false, true);
  const bool plain = GENERATE(false, true);
  CAPTURE(portable, plain);
  udp_endpoint server(context.get_executor(),
                      {.bind = ipv4_loopback(0), .plain = plain, .force_portable = portable});
  serve_echo(server);
  udp_endpoint client(context.get_executor(), {.connect = server.local(), .force_portable = portable});
  raw_udp stranger(context, ipv4_loopback(0));

  std::vector<std::size_t> lengths{1471, 1472, 1473, 2047, 2048, 2049, 4096, 9000, 32768, 65506, 65507};
  for (std::size_t n = 0; n <= 1300; n += n < 64 ? 1 : 41) lengths.push_back(n);
  std::mt19937 random(7);
  std::uint64_t sent = 0;
  for (const std::size_t length : lengths) {
    for (const int first : {0x61, 0x80, 0x84, -1}) {
      std::string bytes(length, '\0');
      for (auto& c : bytes) c = static_cast<char>(random());
      if (first >= 0 && !bytes.empty()) bytes[0] = static_cast<char>(first);
      stranger.send(server.local(), bytes);
      ++sent;
    }
    std::optional<answer> got;
    client.async_request(client.open(server.local()), bytes_of("still there?"), {.deadline = 20s},
                         [&](std::error_code, answer a) { got = std::move(a); });
    REQUIRE(run_until(context, [&] { return got.has_value(); }));
    REQUIRE(got->report.outcome == outcome::answered);
  }
  const auto accounted = [&] {
    const auto total = server.total();
    std::uint64_t sum = total.messages_received - lengths.size();  // plain ones
    for (const auto why :
         {discard_reason::truncated, discard_reason::wrong_version, discard_reason::bad_checksum,
          discard_reason::malformed, discard_reason::plain_refused}) {
      sum += total.discarded[why];
    }
    return sum;
  };
  CHECK(run_until(context, [&] { return accounted() >= sent; }));
  CHECK(accounted() == sent);
  if (!plain) CHECK(server.total().discarded[discard_reason::truncated] > 0);
}
