// SPDX-License-Identifier: MIT
// Who is here, as rows for a person.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "apps/server/server_control.h"

namespace dgram::app {

// `all`: how many are here, of whom some may not be listed.
std::string peer_table(const std::vector<peer_figures>&, std::size_t all);

}  // namespace dgram::app
