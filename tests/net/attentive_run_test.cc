// SPDX-License-Identifier: MIT
#include "udp/net/attentive_run.h"

#include <asio/io_context.hpp>
#include <asio/post.hpp>
#include <asio/steady_timer.hpp>

#include "tests/support/catch.h"

TEST_CASE(
    "an attentive loop runs everything, what its handlers add included, and ends when nothing is left") {
  asio::io_context context;
  int runs = 0;
  asio::steady_timer later(context, std::chrono::milliseconds(1));
  asio::post(context, [&] {
    ++runs;
    asio::post(context, [&] { ++runs; });
    later.async_wait([&](std::error_code) { ++runs; });
  });
  dgram::run_attentively(context);
  CHECK(runs == 3);
}

TEST_CASE("an attentive loop ends when it is stopped, though work is left") {
  asio::io_context context;
  const auto work = asio::require(context.get_executor(), asio::execution::outstanding_work.tracked);
  asio::post(context, [&] { context.stop(); });
  dgram::run_attentively(context);
  CHECK(context.stopped());
}
