// SPDX-License-Identifier: MIT
// What a relay counts besides the link, in words and as JSON.
#pragma once

#include <string>

#include "apps/cli/json_object.h"
#include "apps/relay/relay.h"

namespace dgram::app {

// Lines; what did not happen is left out.
std::string relay_count_lines(const relay_counts&, std::size_t clients_now);
void add_relay_counts(json_object&, const relay_counts&, std::size_t clients_now);

}  // namespace dgram::app
