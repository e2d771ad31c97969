// SPDX-License-Identifier: MIT
// The only place of the server that knows which transports there are.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include <asio/any_io_executor.hpp>

#include "apps/server/server_options.h"
#include "udp/net/message_endpoint.h"

namespace dgram::app {

struct bound_endpoint {
  std::unique_ptr<message_endpoint> endpoint;
  std::string transport;  // "UDP", "TCP"
};

// Bound and listening, all on one port number. Throws start_up_error, which names the flag and its value.
std::vector<bound_endpoint> bind_endpoints(const asio::any_io_executor&, const server_options&);

}  // namespace dgram::app
