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
  void update_receive_overflow() override;

 private:
  struct batch_memory;  // the kernel's structures, filled in once and used for every call

  // Whether to read one datagram or a batch. A batch call that finds one datagram costs 0.5 us more than a
  // plain one (10 % of a bare round trip on the loopback), so where they come one by one only every eighth
  // read looks for company.
  class reading_rhythm {
   public:
    bool wants_one() const { return alone_ >= few && reads_ % few != 0; }
    void read(std::size_t count) {
      ++reads_;
      alone_ = count > 1 ? 0 : alone_ + 1;
    }

   private:
    static constexpr std::uint64_t few = 8;
    std::uint64_t reads_ = 0;
    std::uint64_t alone_ = 0;
  };

  void prepare_options();
  void prepare_ecn();
  void set(int level, int name, int value);
  void set_fragmenting(bool);
  // How many of these, at least one, may leave by one call; the socket then fragments as they want it.
  std::size_t prepare_run(std::span<const departure>);
  bool told_of_each() const { return wildcard() || options_.ecn; }
  long read_many();
  long read_one();
  arrival read_arrival(std::size_t index);
  void write_departure(std::size_t index, const departure&);
  std::size_t send_from(std::size_t first, std::size_t count, std::error_code&);

  std::unique_ptr<batch_memory> in_;
  std::unique_ptr<batch_memory> out_;
  std::size_t stride_;
  std::unique_ptr<std::byte[]> buffer_;
  std::vector<arrival> arrivals_;
  reading_rhythm rhythm_;
  bool fragmenting_ = false;
  std::size_t last_received_;  // headers that the kernel wrote into and that must be set anew
};

}  // namespace dgram

#endif
