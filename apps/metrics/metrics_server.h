// SPDX-License-Identifier: MIT
// Publishes a server's figures at http://ADDRESS/metrics: joins the responder to the text.
#pragma once

#include <string>

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
};

}  // namespace dgram::app::metrics
