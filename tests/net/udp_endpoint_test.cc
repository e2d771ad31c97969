// SPDX-License-Identifier: MIT
#include "udp/net/udp_endpoint.h"

#include <functional>
#include <future>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include <asio/io_context.hpp>
#include <asio/packaged_task.hpp>
#include <asio/post.hpp>
#include <asio/use_future.hpp>

#include "tests/net/loop.h"
#include "tests/support/catch.h"
#include "udp/net/address_text.h"

using namespace dgram;
using namespace std::chrono_literals;
using dgram::test::run_until;

namespace {

// Replies to every message with its own bytes, and remembers what it heard.
void serve_echo(udp_endpoint& server, std::vector<std::string>* heard = nullptr) {
  server.on_message([&server, heard](const message_view& m) {
    if (heard) heard->emplace_back(text_of(m.bytes));
    if (m.wants_reply) server.reply(m.id, m.bytes);
  });
}

std::optional<answer> ask(asio::io_context& context, udp_endpoint& client, const address& server,
                          const std::string& text) {
  std::optional<answer> got;
  client.async_request(client.open(server), bytes_of(text), {.deadline = 20s},
                       [&](std::error_code e, answer a) {
                         CHECK_FALSE(e);
                         got = std::move(a);
                       });
  CHECK(run_until(context, [&] { return got.has_value(); }));
  return got;
}

std::string asked_and_answered(asio::io_context& context, udp_endpoint& client, const address& server,
                               const std::string& text) {
  const auto got = ask(context, client, server, text);
  return got ? std::string(text_of(got->bytes)) : "(nothing)";
}

bool has_ipv6(asio::io_context& context) {
  try {
    udp_endpoint probe(context.get_executor(), {.bind = ipv6_loopback(0)});
    return true;
  } catch (const std::system_error&) {
    WARN("skipped: no IPv6 loopback on this system");
    return false;
  }
}

}  // namespace

TEST_CASE("A request over UDP is answered, on IPv4 and IPv6, by both kinds of socket") {
  asio::io_context context;
  const bool portable = GENERATE(false, true);
  const bool connected = GENERATE(false, true);
  const auto where = GENERATE(ipv4_loopback(0), ipv6_loopback(0));
  CAPTURE(portable, connected, to_string(where));
  if (!is_ipv4(where) && !has_ipv6(context)) return;

  udp_endpoint server(context.get_executor(), {.bind = where, .force_portable = portable});
  serve_echo(server);
  udp_endpoint_options options{.force_portable = portable};
  if (connected) options.connect = server.local();
  udp_endpoint client(context.get_executor(), options);
  CHECK(asked_and_answered(context, client, server.local(), "你好") == "你好");
  CHECK(asked_and_answered(context, client, server.local(), "") == "");
  CHECK(server.local().port != 0);
  CHECK(client.remote_of(client.open(server.local())) == server.local());
}

TEST_CASE("A socket bound to :: serves IPv4 and IPv6 clients alike") {
  asio::io_context context;
  const bool portable = GENERATE(false, true);
  CAPTURE(portable);
  if (!has_ipv6(context)) return;
  udp_endpoint server(context.get_executor(), {.bind = ipv6_wildcard(0), .force_portable = portable});
  serve_echo(server);
  const auto port = server.local().port;
  for (const auto& to : {ipv4_loopback(port), ipv6_loopback(port)}) {
    udp_endpoint client(context.get_executor(), {.connect = to, .force_portable = portable});
    CHECK(asked_and_answered(context, client, to, "hello") == "hello");
  }
}

#if defined(__linux__)
TEST_CASE("A wildcard bind answers from the address that was asked") {
  asio::io_context context;
  const auto where = GENERATE(ipv4_wildcard(0), ipv6_wildcard(0));
  CAPTURE(to_string(where));
  if (!is_ipv4(where) && !has_ipv6(context)) return;
  udp_endpoint server(context.get_executor(), {.bind = where});
  serve_echo(server);
  // A connected client hears nobody but the address it asked.
  const address asked = ipv4_address(127, 0, 0, 2, server.local().port);
  udp_endpoint client(context.get_executor(), {.connect = asked});
  CHECK(asked_and_answered(context, client, asked, "hello") == "hello");
}
#endif

TEST_CASE("An ICMP error is a hint: the request goes on, and succeeds when a server appears") {
  asio::io_context context;
  const bool portable = GENERATE(false, true);
  CAPTURE(portable);
  const address free = udp_endpoint(context.get_executor(), {.bind = ipv4_loopback(0)}).local();
  udp_endpoint client(context.get_executor(), {.connect = free, .force_portable = portable});
  const peer_id peer = client.open(free);
  std::optional<answer> got;
  client.async_request(peer, bytes_of("anybody?"), {.deadline = 25s},
                       [&](std::error_code, answer a) { got = a; });
  REQUIRE(run_until(context, [&] { return client.last_hint(peer) == asio::error::connection_refused; }));
  CHECK_FALSE(got);

  udp_endpoint server(context.get_executor(), {.bind = free});
  serve_echo(server);
  REQUIRE(run_until(context, [&] { return got.has_value(); }));
  CHECK(got->report.outcome == outcome::answered);
  CHECK(got->report.tries > 1);
  CHECK_FALSE(client.last_hint(peer));
}

TEST_CASE("A message above the greatest size is refused with message_size") {
  asio::io_context context;
  udp_endpoint client(context.get_executor(), {.bind = ipv4_loopback(0)});
  std::error_code error;
  const std::string large(max_message_size + 1, 'x');
  client.async_send(client.open(ipv4_loopback(9)), bytes_of(large), {},
                    [&](std::error_code e, delivery_report) { error = e; });
  CHECK(run_until(context, [&] { return bool(error); }));
  CHECK(error == asio::error::message_size);
}

TEST_CASE("A connected client has one peer only") {
  asio::io_context context;
  udp_endpoint client(context.get_executor(), {.connect = ipv4_loopback(9)});
  CHECK(client.open(ipv4_loopback(9)) != peer_id{});
  std::error_code error;
  client.async_send(client.open(ipv4_loopback(10)), bytes_of("x"), {},
                    [&](std::error_code e, delivery_report) { error = e; });
  CHECK(run_until(context, [&] { return bool(error); }));
  CHECK(error == asio::error::not_connected);
}

TEST_CASE("Far more requests than a peer's queue holds are all answered, in order") {
  asio::io_context context;
  const bool portable = GENERATE(false, true);
  CAPTURE(portable);
  udp_endpoint server(context.get_executor(), {.bind = ipv4_loopback(0), .force_portable = portable});
  std::vector<std::string> heard;
  serve_echo(server, &heard);
  udp_endpoint_options options{.connect = server.local(), .force_portable = portable};
  options.protocol.session.send_buffer = 4000;
  udp_endpoint client(context.get_executor(), options);
  const peer_id peer = client.open(server.local());
  constexpr int count = 5000;
  int answered = 0;
  for (int i = 0; i < count; ++i) {
    client.async_request(peer, bytes_of(std::to_string(i)), {.mode = delivery_mode::ordered, .deadline = 60s},
                         [&, i](std::error_code e, answer a) {
                           CHECK_FALSE(e);
                           CHECK(a.report.outcome == outcome::answered);
                           CHECK(text_of(a.bytes) == std::to_string(i));
                           ++answered;
                         });
  }
  REQUIRE(run_until(context, [&] { return answered == count; }));
  REQUIRE(heard.size() == count);
  for (int i = 0; i < count; ++i) CHECK(heard[static_cast<std::size_t>(i)] == std::to_string(i));
}

TEST_CASE("A receiver that is slow to take messages gets them all in the end") {
  asio::io_context context;
  udp_endpoint server(context.get_executor(), {.bind = ipv4_loopback(0), .limits = {.inbox_messages = 8}});
  udp_endpoint client(context.get_executor(), {.connect = server.local()});
  const peer_id peer = client.open(server.local());
  constexpr int count = 100;
  int delivered = 0;
  for (int i = 0; i < count; ++i) {
    client.async_send(
        peer, bytes_of(std::string(500, 'x')), {.deadline = 60s},
        [&](std::error_code, delivery_report r) { delivered += r.outcome == outcome::delivered; });
  }
  REQUIRE(run_until(context, [&] { return server.total().discarded[discard_reason::not_accepting] > 0; }));
  int taken = 0;
  std::function<void()> take = [&] {
    server.async_receive([&](std::error_code e, received) {
      if (e) return;
      ++taken;
      take();
    });
  };
  take();
  CHECK(run_until(context, [&] { return delivered == count && taken == count; }));
  server.close();
}

TEST_CASE("Both ends hear of a session's begin and end") {
  asio::io_context context;
  udp_endpoint server(context.get_executor(), {.bind = ipv4_loopback(0)});
  auto client = std::make_unique<udp_endpoint>(context.get_executor(), udp_endpoint_options{});
  serve_echo(server);
  int opened = 0;
  std::optional<end_reason> ended;
  server.on_session([&](const session_opened&) { ++opened; },
                    [&](const session_ended& e) { ended = e.reason; });
  ask(context, *client, server.local(), "hello");
  CHECK(opened == 1);
  client.reset();
  REQUIRE(run_until(context, [&] { return ended.has_value(); }));
  CHECK(*ended == end_reason::closed_by_peer);
}

TEST_CASE("Closing an endpoint aborts what is pending and lets the context run out of work") {
  asio::io_context context;
  udp_endpoint client(context.get_executor(), {.connect = ipv4_loopback(9)});
  std::error_code sent, receive;
  client.async_send(client.open(ipv4_loopback(9)), bytes_of("x"), {},
                    [&](std::error_code e, delivery_report) { sent = e; });
  client.async_receive([&](std::error_code e, received) { receive = e; });
  client.close();
  context.run();
  CHECK(sent == asio::error::operation_aborted);
  CHECK(receive == asio::error::operation_aborted);
}

TEST_CASE("A port in use is refused with a sentence that names it") {
  asio::io_context context;
  udp_endpoint first(context.get_executor(), {.bind = ipv4_loopback(0)});
  CHECK_THROWS_WITH(udp_endpoint(context.get_executor(), {.bind = first.local()}),
                    ContainsSubstring("cannot bind UDP " + to_string(first.local())));
}

TEST_CASE("A reply written in the wake-up that read the request leaves with its acknowledgement") {
  asio::io_context context;
  udp_endpoint server(context.get_executor(), {.bind = ipv4_loopback(0)});
  serve_echo(server);
  udp_endpoint client(context.get_executor(), {.connect = server.local()});
  const auto got = ask(context, client, server.local(), "hello");
  REQUIRE(got);
  CHECK(server.total().datagrams_sent == 1);
}

TEST_CASE("An endpoint that runs on another thread is used by way of its executor, with futures") {
  asio::io_context context;
  udp_endpoint server(context.get_executor(), {.bind = ipv4_loopback(0)});
  serve_echo(server);
  udp_endpoint client(context.get_executor(), {.connect = server.local()});
  std::thread runner([&] { context.run(); });
  for (int i = 0; i < 20; ++i) {
    auto started = asio::post(context, std::packaged_task<std::future<answer>()>([&] {
                                return client.async_request(client.open(server.local()), bytes_of("hello"),
                                                            {.deadline = 20s}, asio::use_future);
                              }));
    CHECK(text_of(started.get().get().bytes) == "hello");
  }
  asio::post(context, [&] {
    client.close();
    server.close();
  });
  runner.join();
}
