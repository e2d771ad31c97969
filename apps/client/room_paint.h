// SPDX-License-Identifier: MIT
// A room's line in colours: each speaker in one of its own, oneself bold, the server dim, private lines
// marked. The line must be escaped already; colours are all that is added.
#pragma once

#include <string>
#include <string_view>

#include "apps/client/room_line.h"

namespace dgram::app {

std::string painted(const room_line&, std::string_view own_name);

}  // namespace dgram::app
