// SPDX-License-Identifier: MIT
// Publishes a server's figures at http://ADDRESS/metrics. The figures are taken on the program's loop; a
// thread makes the text of them, which for a thousand peers takes some milliseconds.
#pragma once

#include <string>

#include <asio/thread_pool.hpp>

#include "apps/metrics/http_responder.h"
#include "apps/server/server_control.h"

namespace dgram::app::metrics {

class metrics_server {
 public:
  // Listens at once. Throws start_up_error when it cannot, or when this build has no prometheus-cpp. The
  // control outlives it.
  metrics_server(const asio::any_io_executor&, const address& where, const server_control&);

  // "http://127.0.0.1:9100/metrics".
  std::string url() const;

 private:
  http_responder responder_;
  asio::thread_pool worker_;  // the last, so that it is joined first
};

}  // namespace dgram::app::metrics
