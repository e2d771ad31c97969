// SPDX-License-Identifier: MIT
// The only place of the server that knows which services there are.
#pragma once

#include "apps/server/server_options.h"
#include "apps/server/service.h"

namespace dgram::app {

make_service service_for(const server_options&);

}  // namespace dgram::app
