// SPDX-License-Identifier: MIT
// Over a socket of the loopback address, of a server that is none.
#include <memory>
#include <string>

#include <asio/buffer.hpp>
#include <asio/io_context.hpp>
#include <asio/ip/tcp.hpp>
#include <asio/read.hpp>
#include <asio/write.hpp>

#include "apps/cli/start_up_error.h"
#include "apps/metrics/metrics_server.h"
#include "tests/support/catch.h"
#include "udp/net/address_text.h"

using namespace dgram;
using namespace dgram::app;
using namespace dgram::app::metrics;

namespace {

struct crowd : server_control {
  server_totals totals() const override { return {}; }
  std::vector<peer_figures> peers(std::size_t most) const override {
    asked_for = most;
    return std::vector<peer_figures>(1000);
  }
  std::size_t peer_count() const override { return 2000; }
  void accept_clients(bool) override {}
  bool accepts_clients() const override { return false; }
  void quit() override {}

  mutable std::size_t asked_for = 0;
};

std::uint16_t port_of(const std::string& url) {
  return static_cast<std::uint16_t>(std::stoi(url.substr(url.rfind(':') + 1)));
}

struct scrape {
  scrape(asio::io_context& context, const metrics_server& of) : socket(context) {
    socket.connect({asio::ip::address_v4::loopback(), port_of(of.url())});
    asio::write(socket, asio::buffer(std::string("GET /metrics HTTP/1.0\r\n\r\n")));
    asio::async_read(socket, asio::dynamic_buffer(text),
                     [this](std::error_code, std::size_t) { over = true; });
  }

  asio::ip::tcp::socket socket;
  std::string text;
  bool over = false;
};

}  // namespace

TEST_CASE("A thousand peers are taken from the server and the others are counted") {
  asio::io_context context(1);
  const crowd many;
  const metrics_server published(context.get_executor(), ipv4_loopback(0), many);
  CHECK_THAT(published.url(), ContainsSubstring("http://127.0.0.1:"));
  scrape one(context, published), another(context, published);
  while (!one.over || !another.over) REQUIRE(context.run_one_for(std::chrono::seconds(30)) > 0);
  CHECK(many.asked_for == 1000);
  CHECK_THAT(one.text, ContainsSubstring("\ndgram_peers_left_out 1000\n"));
  CHECK_THAT(another.text, ContainsSubstring("\ndgram_accepts_clients 0\n"));
}

TEST_CASE("It may end while a page is being made") {
  asio::io_context context(1);
  const crowd many;
  auto published = std::make_unique<metrics_server>(context.get_executor(), ipv4_loopback(0), many);
  scrape one(context, *published);
  while (many.asked_for == 0) REQUIRE(context.run_one_for(std::chrono::seconds(30)) > 0);
  published.reset();
  while (!one.over) REQUIRE(context.run_one_for(std::chrono::seconds(30)) > 0);
  CHECK(one.text.empty());
  context.restart();
  context.run();
}

TEST_CASE("An address in use is named with the reason") {
  asio::io_context context(1);
  const crowd many;
  const metrics_server first(context.get_executor(), ipv4_loopback(0), many);
  const std::uint16_t port = port_of(first.url());
  try {
    const metrics_server second(context.get_executor(), ipv4_loopback(port), many);
    FAIL_CHECK("accepted");
  } catch (const start_up_error& e) {
    CHECK(e.code() == exit_code::network);
    CHECK(std::string(e.what()) ==
          "--metrics: 127.0.0.1:" + std::to_string(port) + " cannot be used: Address already in use");
  }
}
