// SPDX-License-Identifier: MIT
// What can be asked of udp_compare.
#pragma once

#include <cstdint>

#include "apps/compare/plan.h"

namespace dgram::app::compare {

inline constexpr double least_message_rate = 0.1;
inline constexpr double most_message_rate = 50'000;
inline constexpr std::uint64_t most_repetitions = 200;
inline constexpr duration longest_run = std::chrono::minutes(10);
// Samples of a whole comparison: as many as its JSON form may have.
inline constexpr double most_samples = 1'400'000;

}  // namespace dgram::app::compare
