// SPDX-License-Identifier: MIT
// A datagram about a session that is no longer there to write it: a close, or a refusal.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "udp/core/address.h"

namespace dgram {

struct farewell {
  path to;
  std::uint8_t size = 0;
  std::array<std::byte, 40> bytes{};
};

}  // namespace dgram
