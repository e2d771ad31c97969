// SPDX-License-Identifier: MIT
#include "udp/net/plain_udp_endpoint.h"

#include <optional>
#include <string>
#include <vector>

#include <asio/io_context.hpp>

#include "tests/net/loop.h"
#include "tests/net/raw_udp.h"
#include "tests/support/catch.h"
#include "udp/net/address_text.h"

using namespace dgram;
using namespace std::chrono_literals;
using dgram::test::raw_udp;
using dgram::test::run_until;

namespace {

struct fixture {
  asio::io_context context;
  raw_udp server{context, ipv4_loopback(0)};
  plain_udp_endpoint client{
      context.get_executor(),
      {.remote = server.local(), .first_timeout = 1ms, .force_portable = GENERATE(false, true)}};
  peer_id peer = client.open(server.local());
};

}  // namespace

TEST_CASE("A plain server gets the bytes as they are, and its datagrams answer the oldest request first") {
  fixture f;
  std::vector<std::string> answers;
  const auto keep = [&](std::error_code e, answer a) {
    CHECK_FALSE(e);
    CHECK(a.report.outcome == outcome::answered);
    answers.emplace_back(text_of(a.bytes));
  };
  f.client.async_request(f.peer, bytes_of("one"), {}, keep);
  f.client.async_request(f.peer, bytes_of(""), {}, keep);
  REQUIRE(run_until(f.context, [&] { return f.server.got.size() == 2; }));
  CHECK(f.server.got[0].text == "one");
  CHECK(f.server.got[1].text.empty());
  f.server.send(f.client.local(), "1");
  f.server.send(f.client.local(), "2");
  f.server.send(f.client.local(), "unasked");
  REQUIRE(run_until(f.context, [&] { return answers.size() == 2; }));
  CHECK(answers == std::vector<std::string>{"1", "2"});

  std::optional<received> message;
  f.client.async_receive([&](std::error_code, received r) { message = std::move(r); });
  REQUIRE(run_until(f.context, [&] { return message.has_value(); }));
  CHECK(text_of(message->bytes) == "unasked");
  CHECK(message->plain);
}

TEST_CASE("A plain send ends as unknown, for nobody acknowledges it") {
  fixture f;
  std::optional<delivery_report> report;
  f.client.async_send(f.peer, bytes_of("x"), {}, [&](std::error_code, delivery_report r) { report = r; });
  REQUIRE(run_until(f.context, [&] { return report && !f.server.got.empty(); }));
  CHECK(report->outcome == outcome::unknown);
}

TEST_CASE("A plain request is sent once unless more tries are allowed, and expires by its deadline") {
  fixture f;
  std::optional<answer> once, thrice;
  f.client.async_request(f.peer, bytes_of("once"), {.deadline = 50ms},
                         [&](std::error_code, answer a) { once = a; });
  REQUIRE(run_until(f.context, [&] { return once.has_value(); }));
  CHECK(once->report.outcome == outcome::expired);
  CHECK(once->report.tries == 1);

  f.client.async_request(f.peer, bytes_of("thrice"), {.deadline = 20s, .max_tries = 3},
                         [&](std::error_code, answer a) { thrice = a; });
  REQUIRE(run_until(f.context, [&] { return f.server.got.size() == 4; }));
  f.server.send(f.client.local(), "ok");
  REQUIRE(run_until(f.context, [&] { return thrice.has_value(); }));
  CHECK(thrice->report.outcome == outcome::answered);
  CHECK(thrice->report.tries == 3);
  CHECK(f.client.total().messages_retransmitted == 2);
}

TEST_CASE("Nobody at the plain server's port is a hint, and closing the peer ends what waits") {
  asio::io_context context;
  const address nobody = raw_udp(context, ipv4_loopback(0)).local();
  plain_udp_endpoint client(context.get_executor(), {.remote = nobody});
  const peer_id peer = client.open(nobody);
  std::optional<answer> got;
  client.async_request(peer, bytes_of("x"), {}, [&](std::error_code, answer a) { got = a; });
  REQUIRE(run_until(context, [&] { return client.last_hint(peer) == asio::error::connection_refused; }));
  CHECK_FALSE(got);
  client.close(peer);
  REQUIRE(run_until(context, [&] { return got.has_value(); }));
  CHECK(got->report.outcome == outcome::unknown);
  CHECK(client.try_send(peer, bytes_of("x"), {}) == send_status::no_peer);
}

TEST_CASE("A plain message may be as long as UDP allows and no longer") {
  fixture f;
  CHECK(f.client.try_send(f.peer, bytes_of(std::string(65508, 'x')), {}) == send_status::too_large);
  CHECK(f.client.try_send(f.peer, bytes_of(std::string(65507, 'x')), {}) == send_status::accepted);
  REQUIRE(run_until(f.context, [&] { return f.server.got.size() == 1; }));
  CHECK(f.server.got[0].text.size() == 65507);
}

TEST_CASE("Waiting plain requests are bounded, and the rest go out as answers come") {
  asio::io_context context;
  raw_udp server(context, ipv4_loopback(0));
  plain_udp_endpoint client(context.get_executor(), {.remote = server.local(), .most_waiting = 1});
  int answered = 0;
  for (int i = 0; i < 3; ++i) {
    client.async_request(
        client.open(server.local()), bytes_of("q"), {.deadline = 20s},
        [&](std::error_code, answer a) { answered += a.report.outcome == outcome::answered; });
  }
  for (int i = 1; i <= 3; ++i) {
    REQUIRE(run_until(context, [&] { return server.got.size() == static_cast<std::size_t>(i); }));
    server.send(client.local(), "a");
    REQUIRE(run_until(context, [&] { return answered == i; }));
  }
}
