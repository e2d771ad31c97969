// SPDX-License-Identifier: MIT
// A bare UDP socket, for the ends of a test that speak no protocol of ours.
#pragma once

#include <array>
#include <deque>
#include <string>
#include <utility>

#include <asio/buffer.hpp>
#include <asio/io_context.hpp>
#include <asio/ip/udp.hpp>

#include "udp/net/address_text.h"
#include "udp/net/socket_address.h"

namespace dgram::test {

class raw_udp {
 public:
  struct datagram {
    std::string text;
    address from;
  };

  raw_udp(asio::io_context& context, const address& bind) : socket_(context, to_udp_endpoint(bind)) {
    receive();
  }

  void send(const address& to, const std::string& text) {
    socket_.send_to(asio::buffer(text), to_udp_endpoint(to, family_of(local())));
  }
  address local() const { return to_address(socket_.local_endpoint()); }

  std::deque<datagram> got;

 private:
  void receive() {
    socket_.async_receive_from(asio::buffer(buffer_), from_, [this](std::error_code error, std::size_t size) {
      if (error == asio::error::operation_aborted) return;
      if (!error) got.push_back({std::string(buffer_.data(), size), to_address(from_)});
      receive();
    });
  }

  asio::ip::udp::socket socket_;
  asio::ip::udp::endpoint from_;
  std::array<char, 65536> buffer_{};
};

}  // namespace dgram::test
