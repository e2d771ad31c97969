// SPDX-License-Identifier: MIT
// The only place of the server that knows which services there are.
#pragma once

#include <utility>

#include <asio/any_io_executor.hpp>

#include "apps/server/server_options.h"
#include "apps/server/service.h"

namespace dgram::app {

make_service service_for(const server_options&, const asio::any_io_executor&);

}  // namespace dgram::app
