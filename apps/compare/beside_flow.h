// SPDX-License-Identifier: MIT
// A plain TCP connection that fills the same link at the same time, to see who gets how much of it. Linux
// only: each end is in a network namespace, in a thread of its own.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>
#include <thread>

#include "apps/compare/real_end.h"
#include "apps/link/tun_pair.h"

namespace dgram::app::compare {

class beside_flow {
 public:
  // Sends from now on, until the run's sending is over. Throws std::system_error.
  beside_flow(const tun_pair&, const std::string& congestion, const shared_run&);
  ~beside_flow() { stop(); }
  beside_flow(const beside_flow&) = delete;
  beside_flow& operator=(const beside_flow&) = delete;

  void stop();
  // Arrived while the run was sending.
  std::uint64_t bytes() const { return bytes_; }

 private:
  void receive(int listener);
  void send(int socket);
  bool over() const { return stopped_ || run_.elapsed() > last_sending(run_.work); }

  const shared_run& run_;
  std::atomic<bool> stopped_{false};
  std::atomic<std::uint64_t> bytes_{0};
  std::thread receiver_, sender_;
};

}  // namespace dgram::app::compare
