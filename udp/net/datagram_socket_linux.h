// SPDX-License-Identifier: MIT
// The datagram socket on Linux: recvmmsg and sendmmsg for whole batches, packet info for the address that was
// asked, and the don't-fragment bit.
#pragma once

#if defined(__linux__)

#include "udp/net/datagram_socket.h"

namespace dgram {

class linux_datagram_socket final : public datagram_socket {
 public:
  linux_datagram_socket(const asio::any_io_executor&, const datagram_socket_options&);
  ~linux_datagram_socket() override;

  received_batch receive() override;
  std::span<const failure> send(std::span<const departure>) override;

 private:
  struct batch_memory;  // the kernel's structures, filled in once and used for every call

  void prepare_options();
  void set(int level, int name, int value);
  arrival read_arrival(std::size_t index);
  void write_departure(std::size_t index, const departure&);
  std::size_t send_from(std::size_t first, std::size_t count, std::error_code&);

  std::unique_ptr<batch_memory> in_;
  std::unique_ptr<batch_memory> out_;
  std::size_t stride_;
  std::unique_ptr<std::byte[]> buffer_;
  std::vector<arrival> arrivals_;
  std::size_t last_received_;  // headers that the kernel wrote into and that must be set anew
};

}  // namespace dgram

#endif
