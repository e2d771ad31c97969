// SPDX-License-Identifier: MIT
// The library as a contender: a server endpoint in a thread of its own, a client endpoint here.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include <asio/io_context.hpp>

#include "apps/bench/round_trip.h"
#include "udp/net/message_endpoint.h"

namespace dgram::app {

class message_endpoints final : public contender {
 public:
  using executor = message_endpoint::executor_type;
  using make_server = std::function<std::unique_ptr<message_endpoint>(executor)>;
  using make_client = std::function<std::unique_ptr<message_endpoint>(executor, const address& server)>;

  message_endpoints(std::string name, std::size_t message_size, const make_server&, const make_client&);
  ~message_endpoints() override;
  std::string name() const override { return name_; }
  void run(std::uint64_t count, latency_histogram&) override;

 private:
  void request(std::uint64_t left, latency_histogram&);

  std::string name_;
  std::vector<std::byte> message_;
  asio::io_context server_context_{1}, client_context_{1};
  std::unique_ptr<message_endpoint> server_, client_;
  peer_id peer_;
  bool failed_ = false;
  std::thread server_thread_;
};

}  // namespace dgram::app
