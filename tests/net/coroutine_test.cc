// SPDX-License-Identifier: MIT
#include <optional>
#include <string>
#include <tuple>

#include <asio/awaitable.hpp>
#include <asio/co_spawn.hpp>
#include <asio/detached.hpp>
#include <asio/experimental/awaitable_operators.hpp>
#include <asio/io_context.hpp>
#include <asio/steady_timer.hpp>
#include <asio/use_awaitable.hpp>

#include "tests/net/fake_endpoint.h"
#include "tests/support/catch.h"
#include "udp/net/asio_tokens.h"
#include "udp/net/message_endpoint.h"

using namespace dgram;
using namespace std::chrono_literals;
using dgram::test::fake_endpoint;

namespace {

constexpr peer_id peer{1, 1};

asio::awaitable<std::string> converse(fake_endpoint& endpoint) {
  const auto first = co_await endpoint.async_request(peer, bytes_of("one"), {}, asio::use_awaitable);
  const auto second =
      co_await endpoint.async_send(peer, bytes_of("two"), {.deadline = 1s}, asio::use_awaitable);
  const auto third = co_await endpoint.async_receive(asio::use_awaitable);
  co_return std::string(text_of(first.bytes)) + (second.outcome == outcome::delivered ? "+" : "-") +
      std::string(text_of(third.bytes));
}

asio::awaitable<std::error_code> send_to_nobody(fake_endpoint& endpoint) {
  const auto result =
      co_await endpoint.async_request(peer_id{}, bytes_of("x"), {}, as_tuple(asio::use_awaitable));
  co_return std::get<0>(result);
}

asio::awaitable<void> own_and_wait(asio::io_context& context, bool& began) {
  fake_endpoint endpoint(context);
  began = true;
  co_await endpoint.async_receive(asio::use_awaitable);
}

asio::awaitable<bool> receive_or_give_up(fake_endpoint& endpoint) {
  using namespace asio::experimental::awaitable_operators;
  asio::steady_timer timer(endpoint.get_executor(), 0s);
  const auto first =
      co_await (endpoint.async_receive(asio::use_awaitable) || timer.async_wait(asio::use_awaitable));
  co_return first.index() == 0;
}

}  // namespace

TEST_CASE("Coroutines send, request and receive") {
  asio::io_context context;
  fake_endpoint endpoint(context);
  std::optional<std::string> said;
  co_spawn(context, converse(endpoint), [&](std::exception_ptr, std::string s) { said = std::move(s); });
  context.poll();
  endpoint.resolve(0, outcome::answered, "1");
  endpoint.wake();
  REQUIRE(endpoint.sent.size() == 2);
  endpoint.resolve(1, outcome::delivered);
  endpoint.arrive("3");
  endpoint.wake();
  context.poll();
  REQUIRE(said);
  CHECK(*said == "1+3");
}

TEST_CASE("With as_tuple a coroutine sees the error as a value") {
  asio::io_context context;
  fake_endpoint endpoint(context);
  std::error_code error;
  co_spawn(context, send_to_nobody(endpoint), [&](std::exception_ptr, std::error_code e) { error = e; });
  context.poll();
  CHECK(error == asio::error::not_connected);
}

TEST_CASE("A deferred operation starts when it is launched") {
  asio::io_context context;
  fake_endpoint endpoint(context);
  auto later = endpoint.async_send(peer, bytes_of("later"), {}, deferred);
  CHECK(endpoint.sent.empty());
  bool done = false;
  std::move(later)([&](std::error_code, delivery_report) { done = true; });
  REQUIRE(endpoint.sent.size() == 1);
  endpoint.resolve(0, outcome::delivered);
  endpoint.wake();
  CHECK(done);
}

TEST_CASE("A receive may be one side of || with a timer") {
  asio::io_context context;
  fake_endpoint endpoint(context);
  std::optional<bool> received_first;
  co_spawn(context, receive_or_give_up(endpoint), [&](std::exception_ptr, bool b) { received_first = b; });
  context.run();
  REQUIRE(received_first);
  CHECK_FALSE(*received_first);
}

TEST_CASE("A context that is destroyed takes a coroutine that owns and awaits an endpoint with it") {
  bool began = false;
  {
    asio::io_context context;
    co_spawn(context, own_and_wait(context, began), asio::detached);
    context.poll();
  }
  CHECK(began);  // and the leak checker is content
}
