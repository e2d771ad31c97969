// SPDX-License-Identifier: MIT
// What the system alone can do: one blocking socket at each end and nothing between. The measure of all else.
#pragma once

#include <netinet/in.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <thread>

#include "apps/bench/round_trip.h"

namespace dgram::app {

// Round trips of sendto and recvfrom.
class bare_udp final : public contender {
 public:
  explicit bare_udp(std::size_t message_size);
  ~bare_udp() override;
  std::string name() const override { return "bare UDP (sendto, recvfrom)"; }
  void run(std::uint64_t count, latency_histogram&) override;

 private:
  std::size_t message_size_;
  int client_ = -1;
  int server_ = -1;
  sockaddr_in server_at_{};
  std::thread server_thread_;
};

// Round trips of send and recv, with TCP_NODELAY.
class bare_tcp final : public contender {
 public:
  explicit bare_tcp(std::size_t message_size);
  ~bare_tcp() override;
  std::string name() const override { return "bare TCP (send, recv)"; }
  void run(std::uint64_t count, latency_histogram&) override;

 private:
  std::size_t message_size_;
  int client_ = -1;
  int server_ = -1;
  std::thread server_thread_;
};

}  // namespace dgram::app
