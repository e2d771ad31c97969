// SPDX-License-Identifier: MIT
// The datagram socket on asio alone: one call per datagram, and the system chooses the address that answers.
#pragma once

#include "udp/net/datagram_socket.h"

namespace dgram {

class portable_datagram_socket final : public datagram_socket {
 public:
  portable_datagram_socket(const asio::any_io_executor&, const datagram_socket_options&);

  received_batch receive() override;
  std::span<const failure> send(std::span<const departure>) override;

 private:
  void prepare_ecn();
  std::error_code send_one(const departure&);

  std::size_t stride_;
  std::unique_ptr<std::byte[]> buffer_;
  std::vector<arrival> arrivals_;
};

}  // namespace dgram
