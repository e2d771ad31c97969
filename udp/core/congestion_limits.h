// SPDX-License-Identifier: MIT
// What no controller goes beyond, whatever a peer acknowledges: acknowledgements that come too early make a
// path look short and fast, and the cost of believing them must be bounded.
#pragma once

#include <chrono>
#include <cstdint>

#include "udp/core/time.h"

namespace dgram {

inline constexpr std::uint64_t most_window = 32u << 20;                // bytes
inline constexpr std::uint64_t most_pacing_rate = 1'250'000'000;       // bytes per second: 10 Gbit/s
inline constexpr duration least_trip = std::chrono::microseconds(10);  // no path is shorter

// amount * numerator / denominator without overflow for what occurs here: amount below 2^40.
constexpr std::uint64_t scaled(std::uint64_t amount, std::uint64_t numerator, std::uint64_t denominator) {
  return amount * numerator / denominator;
}

}  // namespace dgram
