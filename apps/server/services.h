// SPDX-License-Identifier: MIT
// The only place of the server that knows which services there are.
#pragma once

#include <functional>
#include <utility>

#include <asio/any_io_executor.hpp>

#include "apps/server/server_log.h"
#include "apps/server/server_options.h"
#include "apps/server/service.h"

namespace dgram::app {

// The log outlives the service. `on_output_lost`: the service wrote to it, and found that stdout cannot be
// written any more.
make_service service_for(const server_options&, const asio::any_io_executor&, server_log&,
                         std::function<void()> on_output_lost);

}  // namespace dgram::app
