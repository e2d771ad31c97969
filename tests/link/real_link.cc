// SPDX-License-Identifier: MIT
#include "tests/link/real_link.h"

#include <sys/socket.h>
#include <unistd.h>

#include <exception>

#include <asio/post.hpp>

#include "apps/cli/start_up_error.h"
#include "tests/support/catch.h"
#include "udp/net/clock.h"
#include "udp/net/socket_address.h"

namespace dgram::test {

using app::side;

std::unique_ptr<real_link> real_link::make(const app::impairment& what, app::tun_pair_options options) try {
  return std::make_unique<real_link>(what, options);
} catch (const app::start_up_error& e) {
  WARN("skipped: " << e.what());
  return nullptr;
}

real_link::real_link(const app::impairment& what, app::tun_pair_options options)
    : pair(options), path(what, read_clock()), forwarder(context, pair, path) {
  forwarder.start();
  thread_ = std::thread([this] { context.run(); });
}

real_link::~real_link() {
  stop();
}

void real_link::stop() {
  if (!thread_.joinable()) return;
  asio::post(context, [this] { forwarder.stop(); });
  thread_.join();
}

void real_link::at(side s, const std::function<void()>& work) {
  std::exception_ptr failure;
  std::thread([&] {
    try {
      pair.enter(s);
      work();
    } catch (...) {
      failure = std::current_exception();
    }
  }).join();
  if (failure) std::rethrow_exception(failure);
}

int udp_socket_at(side s) {
  const int socket = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  address own = app::tun_pair::address_of(s);
  own.port = 9;
  const auto endpoint = to_udp_endpoint(own);
  REQUIRE(::bind(socket, endpoint.data(), static_cast<socklen_t>(endpoint.size())) == 0);
  const timeval limit{5, 0};
  ::setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  return socket;
}

void send_to(int socket, side s, std::uint16_t port, const std::string& text) {
  address to = app::tun_pair::address_of(s);
  to.port = port;
  const auto endpoint = to_udp_endpoint(to);
  REQUIRE(::sendto(socket, text.data(), text.size(), 0, endpoint.data(),
                   static_cast<socklen_t>(endpoint.size())) == static_cast<ssize_t>(text.size()));
}

std::string receive(int socket) {
  std::string text(65536, '\0');
  const ssize_t got = ::recv(socket, text.data(), text.size(), 0);
  text.resize(got < 0 ? 0 : static_cast<std::size_t>(got));
  return text;
}

}  // namespace dgram::test
