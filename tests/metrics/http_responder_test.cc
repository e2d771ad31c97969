// SPDX-License-Identifier: MIT
// Over sockets of the loopback address; caller and responder share one loop.
#include <functional>
#include <memory>
#include <string>
#include <system_error>
#include <vector>

#include <asio/buffer.hpp>
#include <asio/io_context.hpp>
#include <asio/ip/tcp.hpp>
#include <asio/read.hpp>
#include <asio/write.hpp>

#include "apps/metrics/http_responder.h"
#include "tests/support/catch.h"
#include "udp/net/address_text.h"
#include "udp/net/socket_address.h"

using namespace dgram;
using namespace dgram::app::metrics;
using namespace std::chrono_literals;

namespace {

constexpr auto give_up = 30s;  // a hang is a failure; nothing here takes long
const std::string ask = "GET /metrics HTTP/1.0\r\n\r\n";

class caller {
 public:
  caller(asio::io_context& context, const http_responder& to) : context_(context), socket_(context) {
    socket_.connect(to_tcp_endpoint(to.local()));
  }

  void write(const std::string& bytes) { asio::write(socket_, asio::buffer(bytes)); }

  // Until the responder closes.
  std::string all() {
    bool ended = false;
    std::string text;
    asio::async_read(socket_, asio::dynamic_buffer(text),
                     [&](std::error_code, std::size_t) { ended = true; });
    const auto end = std::chrono::steady_clock::now() + give_up;
    while (!ended && std::chrono::steady_clock::now() < end) context_.run_one_for(1s);
    REQUIRE(ended);
    return text;
  }

 private:
  asio::io_context& context_;
  asio::ip::tcp::socket socket_;
};

struct stand {
  explicit stand(responder_limits limits = {}, std::string page = "the page\n")
      : responder(
            context.get_executor(), ipv4_loopback(0),
            [this, page](auto hand_over) {
              ++made;
              if (late) {
                kept = hand_over;
              } else {
                hand_over(page);
              }
            },
            limits) {}

  template <class Condition>
  void run_until(Condition met) {
    const auto end = std::chrono::steady_clock::now() + give_up;
    while (!met() && std::chrono::steady_clock::now() < end) context.run_one_for(1s);
    REQUIRE(met());
  }

  asio::io_context context;
  int made = 0;
  bool late = false;
  std::function<void(std::string)> kept;
  http_responder responder;
};

responder_limits within(duration time) {
  responder_limits limits;
  limits.time = time;
  return limits;
}

}  // namespace

TEST_CASE("The page is made for each request and the connection closes after it") {
  stand s;
  for (int i = 1; i <= 3; ++i) {
    caller one(s.context, s.responder);
    one.write(ask);
    const std::string answer = one.all();
    CHECK_THAT(answer, ContainsSubstring("HTTP/1.1 200 OK\r\n"));
    CHECK_THAT(answer, ContainsSubstring("\r\nContent-Length: 9\r\n"));
    CHECK_THAT(answer, ContainsSubstring("\r\n\r\nthe page\n"));
    CHECK(s.made == i);
  }
  s.run_until([&] { return s.responder.connections() == 0; });
}

TEST_CASE("HEAD says how long the page is and does not send it") {
  stand s;
  caller one(s.context, s.responder);
  one.write("HEAD /metrics HTTP/1.1\r\nHost: x\r\n\r\n");
  const std::string answer = one.all();
  CHECK_THAT(answer, ContainsSubstring("\r\nContent-Length: 9\r\n"));
  CHECK(answer.substr(answer.size() - 4) == "\r\n\r\n");
}

TEST_CASE("A refusal reaches a caller who has written more than was read") {
  stand s;
  {
    caller one(s.context, s.responder);
    one.write("GET /metrics HTTP/1.0\r\nX: " + std::string(30'000, 'y'));
    CHECK_THAT(one.all(), ContainsSubstring("431 Request Header Fields Too Large: 8 KiB at most\n"));
    // Closing now would reset the connection, which on a real way takes the answer with it.
    CHECK(s.responder.connections() == 1);
  }
  s.run_until([&] { return s.responder.connections() == 0; });
  CHECK(s.made == 0);
}

TEST_CASE("A request that comes in pieces is answered when it is whole") {
  stand s;
  caller one(s.context, s.responder);
  for (const char c : ask.substr(0, ask.size() - 1)) {
    one.write(std::string(1, c));
    s.context.poll();
  }
  CHECK(s.made == 0);
  one.write("\n");
  CHECK_THAT(one.all(), ContainsSubstring("200 OK"));
}

TEST_CASE("A silent caller is let go when its time is over") {
  stand s(within(20ms));
  caller one(s.context, s.responder);
  CHECK(one.all().empty());
  CHECK(s.responder.connections() == 0);
}

TEST_CASE("A caller who does not read a long page is let go and delays nobody") {
  stand s(within(5s), std::string(20'000'000, 'x'));
  caller slow(s.context, s.responder);
  slow.write(ask);
  s.run_until([&] { return s.made == 1; });
  caller other(s.context, s.responder);
  other.write(ask);
  CHECK(other.all().size() > 20'000'000);
  s.run_until([&] { return s.responder.connections() == 0; });
}

TEST_CASE("One caller too many takes the place of the oldest who has said nothing") {
  stand s(within(give_up));
  std::vector<std::unique_ptr<caller>> silent;
  for (int i = 0; i < 8; ++i) silent.push_back(std::make_unique<caller>(s.context, s.responder));
  s.run_until([&] { return s.responder.connections() == 8; });
  caller ninth(s.context, s.responder);
  ninth.write(ask);
  CHECK_THAT(ninth.all(), ContainsSubstring("the page"));
  CHECK(silent.front()->all().empty());
  silent.back()->write(ask);
  CHECK_THAT(silent.back()->all(), ContainsSubstring("the page"));
}

TEST_CASE("When all callers are being answered one more is closed") {
  responder_limits limits = within(give_up);
  limits.connections = 2;
  stand s(limits, std::string(20'000'000, 'x'));
  caller a(s.context, s.responder), b(s.context, s.responder);
  a.write(ask);
  b.write(ask);
  s.run_until([&] { return s.made == 2; });
  caller third(s.context, s.responder);
  third.write("G");
  CHECK(third.all().empty());
  CHECK(a.all().size() > 20'000'000);
}

TEST_CASE("A page may be handed over late, and to nobody when its caller is gone") {
  stand s(within(5s));
  s.late = true;
  caller patient(s.context, s.responder);
  patient.write(ask);
  s.run_until([&] { return s.made == 1; });
  s.kept("later\n");
  CHECK_THAT(patient.all(), ContainsSubstring("\r\n\r\nlater\n"));

  stand t(within(20ms));
  t.late = true;
  caller hasty(t.context, t.responder);
  hasty.write(ask);
  CHECK(hasty.all().empty());
  t.kept("too late\n");
  CHECK(t.responder.connections() == 0);
}

TEST_CASE("Its end closes all connections and lets the loop end") {
  asio::io_context context;
  auto responder = std::make_unique<http_responder>(context.get_executor(), ipv4_loopback(0), [](auto) {});
  caller one(context, *responder);
  while (responder->connections() == 0) context.run_one_for(give_up);
  responder.reset();
  CHECK(one.all().empty());
  context.restart();
  context.run();
}
