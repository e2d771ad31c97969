// SPDX-License-Identifier: MIT
// Peers that speak no protocol of ours, on the port that serves ours too; and our client among strangers.
#include "tests/net/tcp_fixture.h"
#include "udp/net/plain_tcp_endpoint.h"

using namespace dgram;
using namespace dgram::test;
using namespace std::chrono_literals;

TEST_CASE("A plain TCP client gets its reply as bytes, on the port that serves ours") {
  asio::io_context context;
  echo_server server(context, listening_at(ipv4_loopback(0)));
  raw_peer plain(context, server.endpoint.local());
  plain.write("服务器你好");
  CHECK(plain.read(15) == "服务器你好");
  plain.write("again");
  CHECK(plain.read(5) == "again");
  CHECK(server.plain == std::vector<bool>{true, true});
  CHECK(server.endpoint.total().sessions == 1);
}

TEST_CASE("A plain client that ends its stream first still gets its reply, and then the end") {
  asio::io_context context;
  tcp_endpoint server(context.get_executor(), listening_at(ipv4_loopback(0)));
  std::optional<request_id> asked;
  server.on_message([&](const message_view& m) { asked = m.id; });
  raw_peer plain(context, server.local());
  plain.write("hello");
  plain.socket.shutdown(asio::socket_base::shutdown_send);
  REQUIRE(run_until(context, [&] { return asked.has_value(); }));
  CHECK(server.reply(*asked, bytes_of("goodbye")) == send_status::accepted);
  CHECK(server.reply(*asked, bytes_of("twice")) == send_status::no_peer);
  CHECK(plain.read_to_end() == "goodbye");
}

TEST_CASE("A plain client may send one byte at a time") {
  asio::io_context context;
  echo_server server(context, listening_at(ipv4_loopback(0)));
  raw_peer plain(context, server.endpoint.local());
  std::string echoed;
  for (const char c : std::string("slowly")) {
    plain.write(std::string(1, c));
    echoed += plain.read(1);
  }
  CHECK(echoed == "slowly");
}

TEST_CASE("One of our streams may arrive one byte at a time") {
  asio::io_context context;
  echo_server server(context, listening_at(ipv4_loopback(0)));
  raw_peer peer(context, server.endpoint.local());
  peer.socket.set_option(asio::ip::tcp::no_delay(true));
  const std::string stream(
      "\x9f"
      "dg\x01\0\0\0\x0d\x01\x06\0\0\0\0\0\0\0\0\x01hi",
      21);
  for (const char c : stream) {
    const auto before = server.endpoint.total().bytes_received;
    peer.write(std::string(1, c));
    REQUIRE(run_until(context, [&] { return server.endpoint.total().bytes_received > before; }));
  }
  const std::string expected(
      "\x9f"
      "dg\x81\0\0\0\x0d\x02\0\0\0\0\0\0\0\0\0\x01hi",
      21);
  CHECK(peer.read(expected.size()) == expected);
}

TEST_CASE("A plain client that does not read its replies is not read from") {
  asio::io_context context;
  auto options = listening_at(ipv4_loopback(0));
  options.stream.idle_timeout = 300ms;
  echo_server server(context, options);
  raw_peer greedy(context, server.endpoint.local());
  const std::string chunk(64 * 1024, 'x');
  std::error_code error;
  while (error != asio::error::connection_reset && error != asio::error::broken_pipe &&
         server.ended.empty()) {
    greedy.socket.write_some(asio::buffer(chunk), error);
    context.poll();
    context.restart();
  }
  REQUIRE(run_until(context, [&] { return !server.ended.empty(); }));
  CHECK(server.ended[0] == end_reason::idle);
  // What the kernel's buffers hold, and no more than one send buffer of ours.
  CHECK(server.endpoint.total().bytes_received <= server.endpoint.total().bytes_sent + 1024 * 1024);
}

TEST_CASE("Many plain and framed clients at once each get their own replies") {
  asio::io_context context;
  echo_server server(context, listening_at(ipv4_loopback(0)));
  std::vector<std::unique_ptr<raw_peer>> plain;
  std::vector<std::unique_ptr<tcp_endpoint>> framed;
  std::vector<awaited<answer>> answers(50);
  for (std::size_t i = 0; i < 50; ++i) {
    plain.push_back(std::make_unique<raw_peer>(context, server.endpoint.local()));
    plain[i]->write("plain " + std::to_string(i));
    framed.push_back(std::make_unique<tcp_endpoint>(context.get_executor()));
    framed[i]->async_request(framed[i]->open(server.endpoint.local()),
                             bytes_of("framed " + std::to_string(i)), {}, answers[i].token());
  }
  for (std::size_t i = 0; i < 50; ++i) {
    const auto expected = "plain " + std::to_string(i);
    CHECK(plain[i]->read(expected.size()) == expected);
    REQUIRE(run_until(context, [&] { return bool(answers[i]); }));
    CHECK(text_of(answers[i].value->bytes) == "framed " + std::to_string(i));
  }
}

namespace {

// Somebody else's server: answers each read with a prefix and what it read.
class strange_server {
 public:
  explicit strange_server(asio::io_context& context)
      : acceptor_(context, {asio::ip::address_v4::loopback(), 0}), socket_(context) {
    accept();
  }
  address at() const { return to_address(acceptor_.local_endpoint()); }
  bool silent = false;
  int connections = 0;
  std::vector<std::string> reads;

  void hang_up() { socket_.close(); }
  void say(std::string_view text) { asio::write(socket_, asio::buffer(text)); }

 private:
  void accept() {
    acceptor_.async_accept([this](std::error_code error, asio::ip::tcp::socket s) {
      if (error) return;
      ++connections;
      socket_ = std::move(s);
      read();
      accept();
    });
  }
  void read() {
    socket_.async_read_some(asio::buffer(buffer_), [this](std::error_code error, std::size_t n) {
      if (error) return;
      reads.emplace_back(buffer_.data(), n);
      if (!silent) say("Echo=>" + reads.back());
      read();
    });
  }

  asio::ip::tcp::acceptor acceptor_;
  asio::ip::tcp::socket socket_;
  std::array<char, 4096> buffer_{};
};

}  // namespace

TEST_CASE("A plain client asks a strange server one thing at a time") {
  asio::io_context context;
  strange_server server(context);
  plain_tcp_endpoint client(context.get_executor());
  const auto peer = client.open(server.at());
  std::vector<std::string> replies;
  for (int i = 0; i < 100; ++i) {
    client.async_request(peer, bytes_of(std::to_string(i) + "\n"), {},
                         [&](std::error_code, answer a) { replies.emplace_back(text_of(a.bytes)); });
  }
  REQUIRE(run_until(context, [&] { return replies.size() == 100; }));
  for (std::size_t i = 0; i < 100; ++i) CHECK(replies[i] == "Echo=>" + std::to_string(i) + "\n");
  CHECK(server.connections == 1);
}

TEST_CASE("What a strange server says unasked arrives as a message") {
  asio::io_context context;
  strange_server server(context);
  server.silent = true;
  plain_tcp_endpoint client(context.get_executor());
  std::vector<std::string> heard;
  client.on_message([&](const message_view& m) {
    CHECK(m.plain);
    CHECK_FALSE(m.wants_reply);
    heard.emplace_back(text_of(m.bytes));
  });
  awaited<delivery_report> sent;
  client.async_send(client.open(server.at()), bytes_of("hello"), {}, sent.token());
  REQUIRE(run_until(context, [&] { return server.reads.size() == 1 && bool(sent); }));
  CHECK(sent.value->outcome == outcome::unknown);
  server.say("welcome");
  REQUIRE(run_until(context, [&] { return !heard.empty(); }));
  CHECK(heard == std::vector<std::string>{"welcome"});
}

TEST_CASE(
    "A strange server that hangs up leaves the request unknown, and one that is silent leaves it "
    "unanswered") {
  asio::io_context context;
  strange_server server(context);
  server.silent = true;
  plain_tcp_endpoint client(context.get_executor());
  const auto peer = client.open(server.at());
  awaited<answer> first;
  client.async_request(peer, bytes_of("one"), {}, first.token());
  REQUIRE(run_until(context, [&] { return server.reads.size() == 1; }));
  server.hang_up();
  REQUIRE(run_until(context, [&] { return bool(first); }));
  CHECK(first.value->report.outcome == outcome::unknown);

  awaited<answer> second;
  send_options brief;
  brief.deadline = 500ms;
  client.async_request(peer, bytes_of("two"), brief, second.token());
  REQUIRE(run_until(context, [&] { return bool(second); }));
  CHECK(second.value->report.outcome == outcome::unanswered);

  // A late reply to "two" cannot be taken for the reply to "three": that goes over another connection.
  server.silent = false;
  awaited<answer> third;
  client.async_request(peer, bytes_of("three"), {}, third.token());
  REQUIRE(run_until(context, [&] { return bool(third); }));
  CHECK(text_of(third.value->bytes) == "Echo=>three");
  CHECK(server.connections == 3);
}

TEST_CASE("Our client at a strange server learns that it does not speak our language") {
  asio::io_context context;
  strange_server server(context);
  tcp_endpoint client(context.get_executor());
  const auto peer = client.open(server.at());
  awaited<answer> asked;
  client.async_request(peer, bytes_of("hello"), {}, asked.token());
  REQUIRE(run_until(context, [&] { return bool(asked); }));
  CHECK(asked.value->report.outcome == outcome::unknown);
  CHECK(client.of(peer)->discarded[discard_reason::foreign] == 1);
  CHECK(client.last_hint(peer) == std::errc::protocol_error);
}
