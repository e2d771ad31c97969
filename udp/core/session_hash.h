// SPDX-License-Identifier: MIT
// Strangers choose session ids. A secret key keeps them from choosing ones that collide in a table.
#pragma once

#include <cstddef>
#include <cstdint>

#include "udp/core/ids.h"
#include "udp/core/splitmix64.h"

namespace dgram {

struct session_hash {
  std::uint64_t key = 0;

  std::size_t operator()(session_id id) const noexcept {
    std::uint64_t state = id.value ^ key;
    return static_cast<std::size_t>(splitmix64(state));
  }
};

}  // namespace dgram
