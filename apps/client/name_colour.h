// SPDX-License-Identifier: MIT
// A colour for a name, the same in every run and on every machine. Two names may share one.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace dgram::app {

// Of xterm's 256. Each has a contrast of 3 to 1 or more against black and against white (WCAG 2.1, 1.4.11),
// and none is the red of failures.
inline constexpr std::array<std::uint8_t, 11> name_colours{28, 30, 32, 63, 64, 100, 130, 134, 163, 166, 168};

std::uint8_t colour_of(std::string_view name);

}  // namespace dgram::app
