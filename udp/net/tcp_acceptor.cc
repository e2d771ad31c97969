// SPDX-License-Identifier: MIT
#include "udp/net/tcp_acceptor.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <utility>

#include <asio/ip/v6_only.hpp>

#include "udp/net/socket_address.h"
#include "udp/net/tcp_socket.h"

namespace dgram {

tcp_acceptor::tcp_acceptor(asio::any_io_executor executor, const tcp_options& options, on_accept handler)
    : acceptor_(executor), timer_(executor), pause_(options.accept_pause), on_accept_(std::move(handler)) {
  listen(options);
  hold_reserve();
  accept();
}

tcp_acceptor::~tcp_acceptor() {
  if (reserve_ >= 0) ::close(reserve_);
}

void tcp_acceptor::listen(const tcp_options& options) {
  auto at = to_tcp_endpoint(options.listen.value_or(address{}));
  std::error_code error;
  acceptor_.open(at.protocol(), error);
  if (error == std::errc::address_family_not_supported && at.address().is_unspecified()) {
    at = {asio::ip::address_v4::any(), at.port()};
    acceptor_.open(at.protocol());
  } else if (error) {
    throw std::system_error(error, "socket");
  }
  acceptor_.set_option(asio::socket_base::reuse_address(true));
  if (at.address().is_v6()) acceptor_.set_option(asio::ip::v6_only(!at.address().is_unspecified()));
  if (const auto e = set_congestion_control(acceptor_.native_handle(), options.congestion_control)) {
    throw std::system_error(e, "congestion control " + options.congestion_control);
  }
  acceptor_.bind(at);
  acceptor_.listen();
  acceptor_.non_blocking(true);
  local_ = to_address(acceptor_.local_endpoint());
}

void tcp_acceptor::accept() {
  using socket = asio::ip::tcp::socket;
  acceptor_.async_accept(remote_, [this, watch = lifetime_.observe()](std::error_code error, socket caller) {
    if (!watch.over()) accepted(error, std::move(caller));
  });
}

void tcp_acceptor::accepted(std::error_code error, asio::ip::tcp::socket socket) {
  if (error == asio::error::operation_aborted) return;
  if (error) return pause();
  short_of_descriptors_ = false;
  const auto watch = lifetime_.observe();
  on_accept_(std::move(socket), to_address(remote_));
  if (!watch.over()) accept();
}

// At the first shortage callers wait in the backlog; when it lasts, one is told no in each pause.
void tcp_acceptor::pause() {
  ++pauses_;
  if (std::exchange(short_of_descriptors_, true)) turn_one_away();
  timer_.expires_after(pause_);
  timer_.async_wait([this, watch = lifetime_.observe()](std::error_code error) {
    if (!error && !watch.over()) accept();
  });
}

void tcp_acceptor::turn_one_away() {
  if (reserve_ >= 0) ::close(std::exchange(reserve_, -1));
  const int caller = ::accept4(acceptor_.native_handle(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
  if (caller >= 0) {
    ::close(caller);
    ++turned_away_;
  }
  hold_reserve();
}

void tcp_acceptor::hold_reserve() {
  if (reserve_ < 0) reserve_ = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
}

}  // namespace dgram
