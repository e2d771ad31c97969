// SPDX-License-Identifier: MIT
// Answers the messages of one or more endpoints by the reply rule, and tells the log. Does not know which
// transports there are.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "apps/server/handlers.h"
#include "apps/server/peer_numbers.h"
#include "apps/server/server_log.h"
#include "udp/net/message_endpoint.h"

namespace dgram::app {

class server {
 public:
  // `on_output_lost` is called once, when stdout cannot be written any more.
  server(reply_rule, server_log&, std::function<void()> on_output_lost);

  // `transport` is how the log calls it.
  void serve(std::unique_ptr<message_endpoint>, std::string transport);
  void close();
  server_totals totals() const;

 private:
  struct listener {
    std::unique_ptr<message_endpoint> endpoint;
    std::string transport;
    peer_numbers numbers;
  };

  void answer(listener&, const message_view&);
  std::uint64_t number_of(listener&, peer_id, bool plain);
  void forget(listener&, const session_ended&);
  // Writes the log after this wake-up.
  void flush_soon(listener&);
  void flush();

  reply_rule rule_;
  server_log& log_;
  std::function<void()> on_output_lost_;
  std::vector<std::unique_ptr<listener>> listeners_;
  std::string scratch_;
  time_point started_;
  std::uint64_t peers_ = 0;
  std::uint64_t messages_ = 0;
  std::uint64_t answered_ = 0;
  std::uint64_t unsent_ = 0;  // replies
  bool flush_posted_ = false;
};

}  // namespace dgram::app
