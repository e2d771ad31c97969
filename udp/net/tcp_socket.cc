// SPDX-License-Identifier: MIT
#include "udp/net/tcp_socket.h"

#include <array>

#include <netinet/tcp.h>
#include <sys/socket.h>
#include <asio/buffer.hpp>

namespace dgram {

std::error_code prepare(asio::ip::tcp::socket& socket, const tcp_options& options) {
  std::error_code error;
  socket.non_blocking(true, error);
  if (error) return error;
  // These two fail on a connection that was reset meanwhile; reading will say so.
  std::error_code ignored;
  socket.set_option(asio::ip::tcp::no_delay(options.no_delay), ignored);
  socket.set_option(asio::socket_base::keep_alive(true), ignored);
  return set_congestion_control(socket.native_handle(), options.congestion_control);
}

void hang_up(asio::ip::tcp::socket& socket) {
  std::error_code error;
  socket.shutdown(asio::socket_base::shutdown_send, error);
  std::array<std::byte, 16 * 1024> unread;
  for (int i = 0; i < 16 && !error; ++i) socket.read_some(asio::buffer(unread), error);
  socket.close(error);
}

std::error_code set_congestion_control(int descriptor, const std::string& name) {
  if (name.empty()) return {};
#ifdef TCP_CONGESTION
  const auto size = static_cast<socklen_t>(name.size());
  if (::setsockopt(descriptor, IPPROTO_TCP, TCP_CONGESTION, name.data(), size) == 0) return {};
  return {errno, std::system_category()};
#else
  static_cast<void>(descriptor);
  return std::make_error_code(std::errc::not_supported);
#endif
}

}  // namespace dgram
