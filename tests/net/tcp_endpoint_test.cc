// SPDX-License-Identifier: MIT
#include "udp/net/tcp_endpoint.h"

#include <thread>

#include "tests/net/tcp_fixture.h"

using namespace dgram;
using namespace dgram::test;
using namespace std::chrono_literals;

namespace {

send_options within(duration deadline) {
  send_options o;
  o.deadline = deadline;
  return o;
}

answer ask(asio::io_context& context, message_endpoint& client, peer_id peer, std::string_view text,
           send_options options = {}) {
  awaited<answer> result;
  client.async_request(peer, bytes_of(text), options, result.token());
  REQUIRE(run_until(context, [&] { return bool(result); }));
  REQUIRE_FALSE(result.error);
  return std::move(*result.value);
}

bool ipv6_works() {
  asio::io_context context;
  std::error_code error;
  asio::ip::tcp::acceptor acceptor(context);
  acceptor.open(asio::ip::tcp::v6(), error);
  if (!error) acceptor.bind({asio::ip::address_v6::loopback(), 0}, error);
  return !error;
}

}  // namespace

TEST_CASE("A request over TCP is answered") {
  asio::io_context context;
  echo_server server(context, listening_at(ipv4_loopback(0)));
  tcp_endpoint client(context.get_executor());
  const auto a = ask(context, client, client.open(server.endpoint.local()), "hello");
  CHECK(a.report.outcome == outcome::answered);
  CHECK(text_of(a.bytes) == "hello");
  CHECK(a.report.tries == 1);
  CHECK(a.report.round_trip > 0ns);
  CHECK(server.plain == std::vector<bool>{false});
}

TEST_CASE("A message over TCP is delivered when the peer acknowledged it") {
  asio::io_context context;
  echo_server server(context, listening_at(ipv4_loopback(0)));
  tcp_endpoint client(context.get_executor());
  awaited<delivery_report> sent;
  client.async_send(client.open(server.endpoint.local()), bytes_of("hello"), {}, sent.token());
  REQUIRE(run_until(context, [&] { return bool(sent); }));
  CHECK(sent.value->outcome == outcome::delivered);
  CHECK(server.messages == std::vector<std::string>{"hello"});
}

TEST_CASE("TCP serves IPv6, and IPv4 on the IPv6 wildcard") {
  if (!ipv6_works()) {
    WARN("skipped: no IPv6 here");
    return;
  }
  asio::io_context context;
  echo_server server(context, listening_at(ipv6_wildcard(0)));
  const auto port = server.endpoint.local().port;
  tcp_endpoint client(context.get_executor());
  CHECK(text_of(ask(context, client, client.open(ipv6_loopback(port)), "six").bytes) == "six");
  CHECK(text_of(ask(context, client, client.open(ipv4_loopback(port)), "four").bytes) == "four");
  CHECK(server.endpoint.remote_of(server.last_peer)->ip == ipv4_loopback(0).ip);
}

TEST_CASE("Ten thousand requests in a TCP pipeline are answered in order") {
  asio::io_context context;
  echo_server server(context, listening_at(ipv4_loopback(0)));
  tcp_endpoint client(context.get_executor());
  const auto peer = client.open(server.endpoint.local());
  std::vector<std::string> replies;
  for (int i = 0; i < 10000; ++i) {
    client.async_request(peer, bytes_of(std::to_string(i)), {},
                         [&](std::error_code, answer a) { replies.emplace_back(text_of(a.bytes)); });
  }
  REQUIRE(run_until(context, [&] { return replies.size() == 10000; }));
  for (int i = 0; i < 10000; ++i) REQUIRE(replies[static_cast<std::size_t>(i)] == std::to_string(i));
  // Many messages share a write.
  CHECK(client.total().datagrams_sent < 1000);
}

TEST_CASE("A large message crosses TCP whole, and one that is too large is refused") {
  asio::io_context context;
  echo_server server(context, listening_at(ipv4_loopback(0)));
  tcp_endpoint client(context.get_executor());
  const auto peer = client.open(server.endpoint.local());
  const std::string large(1024 * 1024, 'x');
  CHECK(text_of(ask(context, client, peer, large).bytes) == large);
  awaited<answer> refused;
  client.async_request(peer, bytes_of(large + "x"), {}, refused.token());
  REQUIRE(run_until(context, [&] { return bool(refused); }));
  CHECK(refused.error == asio::error::message_size);
}

TEST_CASE("The server can be stopped and started in between") {
  asio::io_context context;
  tcp_endpoint client(context.get_executor());
  auto server = std::make_unique<echo_server>(context, listening_at(ipv4_loopback(0)));
  const address at = server->endpoint.local();
  const auto peer = client.open(at);
  int ended = 0;
  client.on_session({}, [&](const session_ended&) { ++ended; });
  ask(context, client, peer, "before");

  server.reset();
  REQUIRE(run_until(context, [&] { return ended == 1; }));
  const auto lost = ask(context, client, peer, "meanwhile", within(300ms));
  CHECK(lost.report.outcome == outcome::expired);
  CHECK(client.last_hint(peer) == asio::error::connection_refused);

  awaited<answer> waiting;
  client.async_request(peer, bytes_of("patient"), {}, waiting.token());
  server = std::make_unique<echo_server>(context, listening_at(at));
  REQUIRE(run_until(context, [&] { return bool(waiting); }));
  CHECK(waiting.value->report.outcome == outcome::answered);
  CHECK_FALSE(client.last_hint(peer));
}

TEST_CASE("A request that was on its way when the server died is unknown") {
  asio::io_context context;
  tcp_endpoint client(context.get_executor());
  auto server = std::make_unique<tcp_endpoint>(context.get_executor(), listening_at(ipv4_loopback(0)));
  int arrived = 0;
  server->on_message([&](const message_view&) { ++arrived; });
  awaited<answer> result;
  client.async_request(client.open(server->local()), bytes_of("to the grave"), {}, result.token());
  REQUIRE(run_until(context, [&] { return arrived == 1; }));
  server.reset();
  REQUIRE(run_until(context, [&] { return bool(result); }));
  CHECK_FALSE(result.error);
  CHECK(result.value->report.outcome == outcome::unknown);
}

TEST_CASE("A client that leaves in the middle harms nobody") {
  asio::io_context context;
  echo_server server(context, listening_at(ipv4_loopback(0)));
  tcp_endpoint steady(context.get_executor());
  const auto peer = steady.open(server.endpoint.local());
  ask(context, steady, peer, "one");
  for (const bool reset : {false, true}) {
    raw_peer leaver(context, server.endpoint.local());
    leaver.write(
        std::string("\x9f"
                    "dg\x01\0\0\0\x20\x01\x02",
                    10));
    if (reset) leaver.socket.set_option(asio::socket_base::linger(true, 0));
    leaver.socket.close();
    CHECK(text_of(ask(context, steady, peer, "two").bytes) == "two");
  }
  REQUIRE(run_until(context, [&] { return server.ended.size() == 2; }));
  CHECK(text_of(ask(context, steady, peer, "three").bytes) == "three");
}

TEST_CASE("A claim of four gibibytes ends the connection and is counted") {
  asio::io_context context;
  echo_server server(context, listening_at(ipv4_loopback(0)));
  raw_peer liar(context, server.endpoint.local());
  liar.write(
      std::string("\x9f"
                  "dg\x01\xff\xff\xff\xff\x01\x02",
                  10));
  CHECK(liar.read_to_end() == std::string("\x9f"
                                          "dg\x81")
                                  .substr(0, 0));
  CHECK(server.endpoint.total().discarded[discard_reason::malformed] == 1);
}

TEST_CASE("A peer that says nothing is cut off after the idle time") {
  asio::io_context context;
  auto options = listening_at(ipv4_loopback(0));
  options.stream.first_byte_timeout = 50ms;
  options.stream.idle_timeout = 60ms;
  echo_server server(context, options);
  raw_peer silent(context, server.endpoint.local());
  CHECK(silent.read_to_end().empty());
  raw_peer once(context, server.endpoint.local());
  once.write("hello");
  CHECK(once.read_to_end() == "hello");
  REQUIRE(run_until(context, [&] { return server.ended.size() == 1; }));
  CHECK(server.ended[0] == end_reason::idle);
}

TEST_CASE("A frame that does not end is cut off") {
  asio::io_context context;
  auto options = listening_at(ipv4_loopback(0));
  options.stream.frame_timeout = 50ms;
  echo_server server(context, options);
  raw_peer slow(context, server.endpoint.local());
  slow.write(
      std::string("\x9f"
                  "dg\x01\0\0\0\x20",
                  8));
  CHECK(slow.read_to_end().size() == 4);
  CHECK(server.endpoint.total().discarded[discard_reason::truncated] == 1);
}

TEST_CASE("While no connections are taken a caller is turned away and those who are there go on") {
  asio::io_context context;
  echo_server server(context, listening_at(ipv4_loopback(0)));
  raw_peer first(context, server.endpoint.local());
  first.write("1");
  CHECK(first.read(1) == "1");
  server.endpoint.accept_sessions(false);
  raw_peer second(context, server.endpoint.local());
  CHECK(second.read_to_end().empty());
  CHECK(server.endpoint.total().discarded[discard_reason::no_new_sessions] == 1);
  first.write("2");
  CHECK(first.read(1) == "2");
  server.endpoint.accept_sessions(true);
  raw_peer third(context, server.endpoint.local());
  third.write("3");
  CHECK(third.read(1) == "3");
}

TEST_CASE("Beyond the limit on peers a connection is closed at once, and there is room again later") {
  asio::io_context context;
  auto options = listening_at(ipv4_loopback(0));
  options.max_peers = 2;
  echo_server server(context, options);
  auto first = std::make_unique<raw_peer>(context, server.endpoint.local());
  raw_peer second(context, server.endpoint.local());
  first->write("1");
  CHECK(first->read(1) == "1");
  second.write("2");
  CHECK(second.read(1) == "2");
  raw_peer third(context, server.endpoint.local());
  CHECK(third.read_to_end().empty());
  CHECK(server.endpoint.total().discarded[discard_reason::session_limit] == 1);
  first.reset();
  REQUIRE(run_until(context, [&] { return server.ended.size() == 1; }));
  raw_peer fourth(context, server.endpoint.local());
  fourth.write("4");
  CHECK(fourth.read(1) == "4");
}

TEST_CASE("A message that finds nobody expires, and the hint says why") {
  asio::io_context context;
  address nobody;
  {
    tcp_endpoint gone(context.get_executor(), listening_at(ipv4_loopback(0)));
    nobody = gone.local();
  }
  tcp_endpoint client(context.get_executor());
  const auto peer = client.open(nobody);
  const auto a = ask(context, client, peer, "anyone?", within(100ms));
  CHECK(a.report.outcome == outcome::expired);
  CHECK(a.report.tries == 0);
  CHECK(client.last_hint(peer) == asio::error::connection_refused);
}

TEST_CASE("A full inbox stops the senders, and nothing is lost") {
  asio::io_context context;
  auto options = listening_at(ipv4_loopback(0));
  options.limits.inbox_messages = 10;
  tcp_endpoint server(context.get_executor(), options);
  tcp_endpoint client(context.get_executor());
  const auto peer = client.open(server.local());
  int delivered = 0;
  for (int i = 0; i < 500; ++i) {
    client.async_send(peer, bytes_of(std::to_string(i)), {}, [&](std::error_code, delivery_report r) {
      delivered += r.outcome == outcome::delivered;
    });
  }
  REQUIRE(run_until(context, [&] { return delivered >= 10; }));
  CHECK(delivered < 500);
  for (int i = 0; i < 500; ++i) {
    awaited<received> next;
    server.async_receive(next.token());
    REQUIRE(run_until(context, [&] { return bool(next); }));
    REQUIRE(text_of(next.value->bytes) == std::to_string(i));
  }
  CHECK(run_until(context, [&] { return delivered == 500; }));
}

TEST_CASE("A server can ask its clients") {
  asio::io_context context;
  tcp_endpoint server(context.get_executor(), listening_at(ipv4_loopback(0)));
  tcp_endpoint client(context.get_executor());
  client.on_message([&](const message_view& m) { client.reply(m.id, bytes_of("the answer")); });
  peer_id caller;
  server.on_session([&](const session_opened& s) { caller = s.peer; }, {});
  client.try_send(client.open(server.local()), bytes_of("hello"), {});
  REQUIRE(run_until(context, [&] { return caller != peer_id{}; }));
  CHECK(text_of(ask(context, server, caller, "question").bytes) == "the answer");
}

TEST_CASE("Closing a peer gives its messages an outcome, and the other end hears of it") {
  asio::io_context context;
  std::vector<end_reason> ended;
  tcp_endpoint server(context.get_executor(), listening_at(ipv4_loopback(0)));
  int arrived = 0;
  server.on_message([&](const message_view&) { ++arrived; });
  server.on_session({}, [&](const session_ended& e) { ended.push_back(e.reason); });
  tcp_endpoint client(context.get_executor());
  const auto peer = client.open(server.local());
  awaited<answer> result;
  client.async_request(peer, bytes_of("question"), {}, result.token());
  REQUIRE(run_until(context, [&] { return arrived == 1; }));
  client.close(peer);
  REQUIRE(run_until(context, [&] { return bool(result) && !ended.empty(); }));
  CHECK(result.value->report.outcome == outcome::unknown);
  CHECK(ended[0] == end_reason::closed_by_peer);
  CHECK(client.try_send(peer, bytes_of("late"), {}) == send_status::no_peer);
  CHECK(client.open(server.local()) != peer);
}

TEST_CASE("A peer may be closed while it is being connected") {
  asio::io_context context;
  echo_server server(context, listening_at(ipv4_loopback(0)));
  tcp_endpoint client(context.get_executor());
  const auto peer = client.open(server.endpoint.local());
  awaited<answer> result;
  client.async_request(peer, bytes_of("never sent"), {}, result.token());
  context.run_one();  // the wake-up that begins to connect
  client.close(peer);
  REQUIRE(run_until(context, [&] { return bool(result); }));
  CHECK(result.value->report.outcome == outcome::refused);
  CHECK(result.value->report.tries == 0);
  context.poll();
  CHECK(client.total().sessions_opened == 0);
  CHECK_FALSE(client.remote_of(peer));
}

TEST_CASE("Two TCP endpoints may live on threads of their own") {
  asio::io_context here;
  asio::io_context there;
  echo_server server(there, listening_at(ipv4_loopback(0)));
  const address at = server.endpoint.local();
  std::thread other([&] { there.run(); });
  {
    tcp_endpoint client(here.get_executor());
    const auto peer = client.open(at);
    for (int i = 0; i < 1000; ++i) {
      const auto a = ask(here, client, peer, std::to_string(i));
      REQUIRE(text_of(a.bytes) == std::to_string(i));
    }
  }
  there.stop();
  other.join();
  CHECK(server.messages.size() == 1000);
}

TEST_CASE("A handler may close the peer whose message it is handed") {
  asio::io_context context;
  tcp_endpoint server(context.get_executor(), listening_at(ipv4_loopback(0)));
  server.on_message([&](const message_view& m) {
    const std::string copy(text_of(m.bytes));
    server.close(m.id.peer);
    CHECK(text_of(m.bytes) == copy);
  });
  tcp_endpoint client(context.get_executor());
  const auto a = ask(context, client, client.open(server.local()), "go away");
  CHECK(a.report.outcome == outcome::unknown);
  raw_peer plain(context, server.local());
  plain.write("go away too");
  CHECK(plain.read_to_end().empty());
}

TEST_CASE("Closing a TCP endpoint aborts what is pending") {
  asio::io_context context;
  tcp_endpoint server(context.get_executor(), listening_at(ipv4_loopback(0)));
  tcp_endpoint client(context.get_executor());
  awaited<answer> request;
  awaited<received> receive;
  client.async_request(client.open(server.local()), bytes_of("x"), {}, request.token());
  client.async_receive(receive.token());
  REQUIRE(run_until(context, [&] { return server.total().sessions == 1; }));
  client.close();
  REQUIRE(run_until(context, [&] { return request && receive; }));
  CHECK(request.error == asio::error::operation_aborted);
  CHECK(receive.error == asio::error::operation_aborted);
}

TEST_CASE("A port in use is an error at start") {
  asio::io_context context;
  tcp_endpoint first(context.get_executor(), listening_at(ipv4_loopback(0)));
  CHECK_THROWS_AS(tcp_endpoint(context.get_executor(), listening_at(first.local())), std::system_error);
}

TEST_CASE("An unknown congestion control is an error at start") {
  asio::io_context context;
  tcp_options options;
  options.congestion_control = "no such thing";
  CHECK_THROWS_AS(tcp_endpoint(context.get_executor(), options), std::system_error);
}

TEST_CASE("Reads and writes over TCP can be traced and are counted") {
  asio::io_context context;
  echo_server server(context, listening_at(ipv4_loopback(0)));
  tcp_endpoint client(context.get_executor());
  std::vector<trace_record> records;
  client.trace_to([&](const trace_record& r) { records.push_back(r); });
  const auto peer = client.open(server.endpoint.local());
  ask(context, client, peer, "hello");
  REQUIRE(records.size() == 2);
  CHECK(records[0].happened == trace_record::what::sent);
  CHECK(records[0].bytes == 4 + 15 + 5);
  CHECK(records[1].happened == trace_record::what::received);
  CHECK(client.of(peer)->bytes_sent == 24);
  CHECK(client.of(peer)->answered == 1);
  CHECK(client.total().sessions == 1);
}
