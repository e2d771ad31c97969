// SPDX-License-Identifier: MIT
// Two namespaces and a forwarder that runs in a thread of its own, for tests; and sockets inside.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <thread>

#include <asio/executor_work_guard.hpp>
#include <asio/io_context.hpp>

#include "apps/link/tun_forwarder.h"

namespace dgram::test {

class real_link {
 public:
  // Null where namespaces are not to be had; the reason has then been shown.
  static std::unique_ptr<real_link> make(const app::impairment&, app::tun_pair_options = {});
  real_link(const app::impairment&, app::tun_pair_options);
  ~real_link();

  // Runs `work` in a thread at that end, to its end.
  void at(app::side, const std::function<void()>& work);
  // Afterwards the path and the counts may be read.
  void stop();

  app::tun_pair pair;
  app::impaired_path path;
  asio::io_context context;
  app::tun_forwarder forwarder;

 private:
  std::thread thread_;
};

// A socket bound to port 9 of its own end's address. It waits five seconds for a datagram.
int udp_socket_at(app::side);
void send_to(int socket, app::side, std::uint16_t port, const std::string& text);
// Empty when nothing came.
std::string receive(int socket);

}  // namespace dgram::test
