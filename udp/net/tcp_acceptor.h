// SPDX-License-Identifier: MIT
// An accept loop that survives running out of descriptors: it pauses instead of spinning, and keeps one
// descriptor in reserve, with which it turns callers away when the shortage lasts. Knows no messages.
#pragma once

#include <cstdint>
#include <functional>

#include <asio/any_io_executor.hpp>
#include <asio/ip/tcp.hpp>
#include <asio/steady_timer.hpp>

#include "udp/core/address.h"
#include "udp/core/time.h"
#include "udp/net/lifetime.h"
#include "udp/net/tcp_options.h"

namespace dgram {

class tcp_acceptor {
 public:
  using on_accept = std::function<void(asio::ip::tcp::socket, const address& remote)>;

  // Listens at options.listen. Throws std::system_error when it cannot.
  tcp_acceptor(asio::any_io_executor, const tcp_options&, on_accept);
  ~tcp_acceptor();
  tcp_acceptor(const tcp_acceptor&) = delete;
  tcp_acceptor& operator=(const tcp_acceptor&) = delete;

  address local() const { return local_; }
  // Times that nothing could be accepted for want of descriptors or memory.
  std::uint64_t pauses() const { return pauses_; }
  // Callers that were turned away meanwhile.
  std::uint64_t turned_away() const { return turned_away_; }

 private:
  void listen(const tcp_options&);
  void accept();
  void accepted(std::error_code, asio::ip::tcp::socket);
  void pause();
  void turn_one_away();
  void hold_reserve();

  asio::ip::tcp::acceptor acceptor_;
  asio::ip::tcp::endpoint remote_;
  asio::steady_timer timer_;
  duration pause_;
  on_accept on_accept_;
  address local_;
  int reserve_ = -1;
  bool short_of_descriptors_ = false;
  std::uint64_t pauses_ = 0;
  std::uint64_t turned_away_ = 0;
  lifetime lifetime_;
};

}  // namespace dgram
