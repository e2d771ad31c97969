// SPDX-License-Identifier: MIT
#include "udp/net/datagram_socket.h"

#include <string>

#include <asio/error.hpp>
#include <asio/ip/v6_only.hpp>

#include "udp/net/address_text.h"
#include "udp/net/datagram_socket_linux.h"
#include "udp/net/datagram_socket_portable.h"

namespace dgram {

namespace {

void demand(std::error_code error, const std::string& step) {
  if (error) throw std::system_error(error, step);
}

}  // namespace

std::unique_ptr<datagram_socket> datagram_socket::open(const asio::any_io_executor& executor,
                                                       const datagram_socket_options& options) {
#if defined(__linux__)
  if (!options.force_portable) return std::make_unique<linux_datagram_socket>(executor, options);
#endif
  return std::make_unique<portable_datagram_socket>(executor, options);
}

datagram_socket::datagram_socket(const asio::any_io_executor& executor,
                                 const datagram_socket_options& options)
    : options_(options), socket_(executor), remote_(options.connect) {
  open_for(options.bind);
  set_buffers();
  std::error_code error;
  if (remote_) {
    socket_.connect(to_udp_endpoint(*remote_, family_), error);
    demand(error, "cannot reach UDP " + to_string(*remote_));
  }
  local_ = to_address(socket_.local_endpoint());
  socket_.non_blocking(true);
  failures_.reserve(options.batch);
}

void datagram_socket::open_for(const std::optional<address>& bind_to) {
  std::error_code error;
  address wanted = bind_to.value_or(ipv6_wildcard(0));
  if (!bind_to && remote_) wanted = is_ipv4(*remote_) ? ipv4_wildcard(0) : ipv6_wildcard(0);
  family_ = family_of(wanted);
  socket_.open(family_ == socket_family::ipv4 ? asio::ip::udp::v4() : asio::ip::udp::v6(), error);
  if (error && !bind_to && !remote_) {
    // No IPv6 here, and nobody asked for it.
    wanted = ipv4_wildcard(0);
    family_ = socket_family::ipv4;
    socket_.open(asio::ip::udp::v4(), error);
  }
  demand(error, "cannot open a UDP socket for " + to_string(wanted));
  if (family_ == socket_family::ipv6) socket_.set_option(asio::ip::v6_only(false), error);
  socket_.bind(to_udp_endpoint(wanted, family_), error);
  demand(error, "cannot bind UDP " + to_string(wanted));
}

void datagram_socket::set_buffers() {
  using base = asio::socket_base;
  std::error_code ignored;
  socket_.set_option(base::receive_buffer_size(options_.buffer_bytes), ignored);
  socket_.set_option(base::send_buffer_size(options_.buffer_bytes), ignored);
  base::receive_buffer_size receive;
  base::send_buffer_size send;
  socket_.get_option(receive, ignored);
  socket_.get_option(send, ignored);
  statistics_.receive_buffer = receive.value();
  statistics_.send_buffer = send.value();
}

void datagram_socket::close() {
  std::error_code ignored;
  socket_.close(ignored);
}

bool datagram_socket::wildcard() const {
  return !connected() && is_wildcard(local_);
}

void datagram_socket::count_send_error(std::error_code error) {
  using std::errc;
  const auto is = [&](errc e) { return error.value() == static_cast<int>(e); };
  if (is(errc::resource_unavailable_try_again) || is(errc::operation_would_block) ||
      is(errc::no_buffer_space)) {
    ++statistics_.send_no_room;
  } else if (is(errc::message_size)) {
    ++statistics_.send_too_large;
  } else if (is(errc::network_unreachable) || is(errc::host_unreachable) || is(errc::network_down) ||
             is(errc::address_not_available) || is(errc::address_family_not_supported)) {
    ++statistics_.send_unreachable;
  } else if (is(errc::connection_refused)) {
    ++statistics_.send_refused;
  } else if (is(errc::operation_not_permitted) || is(errc::permission_denied)) {
    ++statistics_.send_forbidden;
  } else {
    ++statistics_.send_other;
  }
}

}  // namespace dgram
