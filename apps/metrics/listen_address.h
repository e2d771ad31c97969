// SPDX-License-Identifier: MIT
// Where to serve the figures, as a person writes it. Asks no resolver.
#pragma once

#include <optional>
#include <string_view>

#include "udp/core/address.h"

namespace dgram::app::metrics {

// "127.0.0.1:9100", "[::1]:9100"; "9100" and ":9100" are of 127.0.0.1, so that whoever wants another address
// must name it.
std::optional<address> parse_listen_address(std::string_view);

}  // namespace dgram::app::metrics
