// SPDX-License-Identifier: MIT
#include "udp/net/message_endpoint.h"

#include <array>
#include <future>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include <asio/bind_cancellation_slot.hpp>
#include <asio/cancellation_signal.hpp>
#include <asio/io_context.hpp>
#include <asio/use_future.hpp>

#include "tests/net/fake_endpoint.h"
#include "tests/support/catch.h"

using namespace dgram;
using namespace std::chrono_literals;
using dgram::test::fake_endpoint;

namespace {

constexpr peer_id peer{1, 1};

struct outcome_seen {
  bool done = false;
  std::error_code error;
  delivery_report report;

  auto handler() {
    return [this](std::error_code e, delivery_report r) {
      CHECK_FALSE(done);
      done = true;
      error = e;
      report = r;
    };
  }
};

struct fixture {
  asio::io_context context;
  fake_endpoint endpoint{context};

  void run() { endpoint.run(); }
};

}  // namespace

TEST_CASE("A send completes with its outcome, and never inside the call that began it") {
  fixture f;
  outcome_seen seen;
  f.endpoint.async_send(peer, bytes_of("hello"), {}, seen.handler());
  REQUIRE(f.endpoint.sent.size() == 1);
  CHECK(f.endpoint.sent[0].text == "hello");
  f.run();
  CHECK(f.endpoint.flushes == 1);
  CHECK_FALSE(seen.done);

  f.endpoint.resolve(0, outcome::delivered);
  f.endpoint.wake();
  CHECK(seen.done);
  CHECK_FALSE(seen.error);
  CHECK(seen.report.outcome == outcome::delivered);
}

TEST_CASE("A message that is not taken completes with the reason as an error code") {
  fixture f;
  outcome_seen too_large, unknown;
  f.endpoint.async_send(peer, bytes_of(std::string(101, 'x')), {}, too_large.handler());
  f.endpoint.async_send(peer_id{}, bytes_of("x"), {}, unknown.handler());
  CHECK_FALSE(too_large.done);
  f.run();
  CHECK(too_large.error == asio::error::message_size);
  CHECK(unknown.error == asio::error::not_connected);
}

TEST_CASE("A request wants a reply and completes with the reply's bytes") {
  fixture f;
  std::optional<answer> got;
  f.endpoint.async_request(peer, bytes_of("ping"), {},
                           [&](std::error_code, answer a) { got = std::move(a); });
  CHECK(f.endpoint.sent[0].options.wants_reply);
  f.endpoint.resolve(0, outcome::answered, "pong");
  f.endpoint.wake();
  REQUIRE(got);
  CHECK(text_of(got->bytes) == "pong");
}

TEST_CASE("Futures work as completion tokens") {
  fixture f;
  auto sent = f.endpoint.async_send(peer, bytes_of("a"), {}, asio::use_future);
  auto refused = f.endpoint.async_request(peer_id{}, bytes_of("b"), {}, asio::use_future);
  f.endpoint.resolve(0, outcome::delivered);
  f.endpoint.wake();
  f.run();
  CHECK(sent.get().outcome == outcome::delivered);
  CHECK_THROWS_AS(refused.get(), std::system_error);
}

TEST_CASE("Handlers too large to be held inline work the same") {
  fixture f;
  std::array<char, 1000> large{};
  large[999] = 'z';
  char seen = 0;
  f.endpoint.async_send(peer, bytes_of("a"), {},
                        [&seen, large](std::error_code, delivery_report) { seen = large[999]; });
  f.endpoint.resolve(0, outcome::delivered);
  f.endpoint.wake();
  CHECK(seen == 'z');
}

TEST_CASE("Messages wait in order while the peer's queue is full, and leave when there is room") {
  fixture f;
  f.endpoint.room = 1;
  std::vector<std::string> order;
  for (const auto* text : {"1", "2", "3"}) {
    f.endpoint.async_send(peer, bytes_of(text), {.deadline = 10s},
                          [&, text](std::error_code e, delivery_report r) {
                            CHECK_FALSE(e);
                            CHECK(r.outcome == outcome::delivered);
                            order.emplace_back(text);
                          });
  }
  CHECK(f.endpoint.sent.size() == 1);
  CHECK(f.endpoint.try_send(peer, bytes_of("4"), {}) == send_status::would_block);

  f.endpoint.clock += 3s;
  f.endpoint.resolve(0, outcome::delivered);
  f.endpoint.wake();
  REQUIRE(f.endpoint.sent.size() == 2);
  CHECK(f.endpoint.sent[1].text == "2");
  CHECK(f.endpoint.sent[1].options.deadline == 7s);

  f.endpoint.resolve(1, outcome::delivered);
  f.endpoint.wake();
  f.endpoint.resolve(2, outcome::delivered);
  f.endpoint.wake();
  CHECK(order == std::vector<std::string>{"1", "2", "3"});
  CHECK_FALSE(f.endpoint.deadline());
}

TEST_CASE("The time a message waited counts in its report") {
  fixture f;
  f.endpoint.room = 0;
  outcome_seen seen;
  f.endpoint.async_send(peer, bytes_of("late"), {}, seen.handler());
  f.endpoint.clock += 2s;
  f.endpoint.room = 1;
  f.endpoint.happen(message_resolved{peer, ticket{0}, {}, {}});
  f.endpoint.wake();
  REQUIRE(f.endpoint.sent.size() == 1);
  f.endpoint.resolve(0, outcome::delivered);
  f.endpoint.wake();
  CHECK(seen.report.since_sent == 2s);
}

TEST_CASE("A message whose deadline passes while it waits expires with no tries, and is counted") {
  fixture f;
  f.endpoint.room = 0;
  outcome_seen early, late;
  f.endpoint.async_send(peer, bytes_of("a"), {.deadline = 5s}, late.handler());
  f.endpoint.async_send(peer, bytes_of("b"), {.deadline = 1s}, early.handler());
  CHECK(f.endpoint.deadline() == time_point{} + 1s);

  f.endpoint.clock += 1s;
  f.endpoint.wake();
  CHECK(early.report.outcome == outcome::expired);
  CHECK(early.report.tries == 0);
  CHECK(early.report.since_sent == 1s);
  CHECK_FALSE(late.done);
  CHECK(f.endpoint.total().expired == 1);
}

TEST_CASE("Too many waiting messages fail with would_block instead of growing without end") {
  asio::io_context context;
  fake_endpoint endpoint(context, {.parked_messages = 2, .parked_bytes = 10});
  endpoint.room = 0;
  outcome_seen first, large, second, third;
  endpoint.async_send(peer, bytes_of("1234"), {}, first.handler());
  endpoint.async_send(peer, bytes_of("1234567"), {}, large.handler());
  endpoint.async_send(peer, bytes_of("123456"), {}, second.handler());
  endpoint.async_send(peer, bytes_of(""), {}, third.handler());
  context.poll();
  CHECK_FALSE(first.done);
  CHECK(large.error == asio::error::would_block);
  CHECK_FALSE(second.done);
  CHECK(third.error == asio::error::would_block);
}

TEST_CASE("Closing a peer refuses the messages that wait for it") {
  fixture f;
  f.endpoint.room = 0;
  outcome_seen seen;
  f.endpoint.async_send(peer, bytes_of("a"), {}, seen.handler());
  f.endpoint.close(peer);
  CHECK_FALSE(seen.done);
  f.run();
  CHECK(seen.report.outcome == outcome::refused);
}

TEST_CASE("Messages wait in the inbox until they are received, in order") {
  fixture f;
  f.endpoint.arrive("1");
  f.endpoint.arrive("2");
  f.endpoint.wake();
  std::vector<std::string> got;
  auto take = [&](std::error_code e, received r) {
    CHECK_FALSE(e);
    got.emplace_back(text_of(r.bytes));
  };
  f.endpoint.async_receive(take);
  f.endpoint.async_receive(take);
  f.endpoint.async_receive(take);
  CHECK(got.empty());
  f.run();
  CHECK(got == std::vector<std::string>{"1", "2"});
  f.endpoint.arrive("3");
  f.endpoint.wake();
  CHECK(got.back() == "3");
}

TEST_CASE("A full inbox stops the transport, and one half empty starts it again") {
  asio::io_context context;
  fake_endpoint endpoint(context, {.inbox_messages = 4});
  for (int i = 0; i < 5; ++i) endpoint.arrive("x");
  endpoint.wake();
  CHECK(endpoint.accepting == std::vector<bool>{false});
  int got = 0;
  for (int i = 0; i < 2; ++i) endpoint.async_receive([&](std::error_code, received) { ++got; });
  context.poll();
  CHECK(endpoint.accepting.size() == 1);
  endpoint.async_receive([&](std::error_code, received) { ++got; });
  context.restart();
  context.poll();
  CHECK(got == 3);
  CHECK(endpoint.accepting == std::vector<bool>{false, true});
}

TEST_CASE("A message handler sees each message, the ones that waited first, and may replace itself") {
  fixture f;
  f.endpoint.arrive("1");
  f.endpoint.wake();
  std::vector<std::string> got;
  f.endpoint.on_message([&](const message_view& m) {
    got.emplace_back(text_of(m.bytes));
    f.endpoint.reply(m.id, bytes_of("r"));
    if (got.size() == 2) f.endpoint.on_message({});
  });
  f.run();
  CHECK(got == std::vector<std::string>{"1"});
  f.endpoint.arrive("2");
  f.endpoint.arrive("3");
  f.endpoint.wake();
  CHECK(got == std::vector<std::string>{"1", "2"});
  CHECK(f.endpoint.replies.size() == 2);

  std::string third;
  f.endpoint.async_receive([&](std::error_code, received r) { third = text_of(r.bytes); });
  f.run();
  CHECK(third == "3");
}

TEST_CASE("Handlers may send, request, receive and reply again") {
  fixture f;
  int rounds = 0;
  std::function<void()> again = [&] {
    f.endpoint.async_request(peer, bytes_of("q"), {}, [&](std::error_code, answer) {
      if (++rounds < 5) again();
    });
  };
  again();
  for (std::size_t i = 0; i < 5; ++i) {
    f.endpoint.resolve(i, outcome::answered, "a");
    f.endpoint.wake();
  }
  CHECK(rounds == 5);
}

TEST_CASE("A handler that fails for ever does not keep the transport from its work") {
  fixture f;
  int failures = 0;
  std::function<void()> again = [&] {
    f.endpoint.async_send(peer_id{}, bytes_of("x"), {}, [&](std::error_code, delivery_report) {
      ++failures;
      again();
    });
  };
  again();
  for (int i = 0; i < 10; ++i) f.context.poll_one();
  CHECK(failures > 0);
  CHECK(f.endpoint.flushes > 0);
  f.endpoint.close();
}

TEST_CASE("Closing aborts everything that is pending, and everything begun later") {
  fixture f;
  f.endpoint.room = 1;
  outcome_seen in_flight, parked, after;
  std::error_code receive;
  f.endpoint.async_send(peer, bytes_of("a"), {}, in_flight.handler());
  f.endpoint.async_send(peer, bytes_of("b"), {}, parked.handler());
  f.endpoint.async_receive([&](std::error_code e, received) { receive = e; });
  f.endpoint.close();
  f.endpoint.async_send(peer, bytes_of("c"), {}, after.handler());
  f.run();
  CHECK(in_flight.error == asio::error::operation_aborted);
  CHECK(parked.error == asio::error::operation_aborted);
  CHECK(after.error == asio::error::operation_aborted);
  CHECK(receive == asio::error::operation_aborted);
}

TEST_CASE("Destroying an endpoint completes what is pending, and may happen inside a completion") {
  asio::io_context context;
  auto endpoint = std::make_unique<fake_endpoint>(context);
  outcome_seen left;
  endpoint->async_send(peer, bytes_of("a"), {}, [&](std::error_code, delivery_report) { endpoint.reset(); });
  endpoint->async_send(peer, bytes_of("b"), {}, left.handler());
  endpoint->resolve(0, outcome::delivered);
  endpoint->resolve(1, outcome::delivered);
  endpoint->wake();
  CHECK_FALSE(endpoint);
  context.poll();
  CHECK(left.done);
}

TEST_CASE("A cancelled operation completes as aborted and loses no message") {
  fixture f;
  asio::cancellation_signal stop_receive, stop_send;
  std::error_code received_error;
  outcome_seen sent;
  f.endpoint.room = 0;
  f.endpoint.async_receive(asio::bind_cancellation_slot(
      stop_receive.slot(), [&](std::error_code e, received) { received_error = e; }));
  f.endpoint.async_send(peer, bytes_of("a"), {},
                        asio::bind_cancellation_slot(stop_send.slot(), sent.handler()));
  stop_receive.emit(asio::cancellation_type::terminal);
  stop_send.emit(asio::cancellation_type::terminal);
  f.run();
  CHECK(received_error == asio::error::operation_aborted);
  CHECK(sent.error == asio::error::operation_aborted);
  CHECK_FALSE(f.endpoint.deadline());

  f.endpoint.arrive("kept");
  f.endpoint.wake();
  std::string got;
  f.endpoint.async_receive([&](std::error_code, received r) { got = text_of(r.bytes); });
  f.run();
  CHECK(got == "kept");
}

TEST_CASE("An exception from a handler leaves the endpoint in order") {
  fixture f;
  outcome_seen second;
  f.endpoint.async_send(peer, bytes_of("a"), {}, [](std::error_code, delivery_report) { throw 1; });
  f.endpoint.async_send(peer, bytes_of("b"), {}, second.handler());
  f.endpoint.resolve(0, outcome::delivered);
  f.endpoint.resolve(1, outcome::delivered);
  CHECK_THROWS(f.endpoint.wake());
  f.run();
  CHECK(second.done);
}
