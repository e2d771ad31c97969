// SPDX-License-Identifier: MIT
// The statistics of an endpoint as one JSON object, the same for every program: all fields always, units in
// the names.
#pragma once

#include "apps/cli/json_object.h"
#include "udp/core/statistics.h"

namespace dgram::app {

json_object to_json(const statistics&);

}  // namespace dgram::app
