// SPDX-License-Identifier: MIT
// Names to addresses, by the system's resolver. Blocks: for start-up, not for a running loop.
#pragma once

#include <cstdint>
#include <string>
#include <system_error>
#include <vector>

#include "udp/core/address.h"

namespace dgram {

enum class address_family : std::uint8_t { any, ipv4, ipv6 };

// In the system's order of preference, without repetitions; a numeric address is taken as it is. Empty when
// and only when `error` is set.
std::vector<address> resolve(const std::string& host, std::uint16_t port, address_family,
                             std::error_code& error);

// The same; throws std::system_error, whose what() names the host.
std::vector<address> resolve(const std::string& host, std::uint16_t port,
                             address_family = address_family::any);

}  // namespace dgram
