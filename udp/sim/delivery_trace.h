// SPDX-License-Identifier: MIT
// Reads mahimahi's traces of delivery opportunities: one whole number of milliseconds a line, each the moment
// at which 1500 bytes may leave, repeated for more; the last one is also the period of the whole.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace dgram::sim {

// What is wrong with a text, and where.
struct text_error {
  std::size_t line = 0;  // from 1; 0: of the whole
  std::string what;
};

inline constexpr std::size_t most_delivery_opportunities = 10'000'000;

// The times never decrease and the last is above 0.
std::variant<std::vector<std::uint32_t>, text_error> parse_delivery_trace(std::string_view text);

}  // namespace dgram::sim
