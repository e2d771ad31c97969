// SPDX-License-Identifier: MIT
// Numbers with units, as people type and read them. The standard parsers are not enough: they take
// "1.5x" for 1.5 and know no units.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "udp/core/time.h"

namespace dgram::app {

// "250ms", "1.5s", "2m", "1h", "20us", "5ns"; a bare number is seconds. At most a hundred years.
std::optional<duration> parse_duration(std::string_view);
// A whole decimal number, nothing before or after it.
std::optional<std::uint64_t> parse_count(std::string_view);
// A count of bytes: "64", "1k" (1000), "1Ki" (1024), likewise m and g; a final B is allowed.
std::optional<std::uint64_t> parse_size(std::string_view);
// Per second: "200", "1.5k", "10m", "1g" in powers of 1000.
std::optional<double> parse_rate(std::string_view);
// "5%" or "0.05"; from 0 to 1.
std::optional<double> parse_probability(std::string_view);

// Three significant digits and a unit: "0.21 ms", "12.5 ms", "250 ms", "5 s", "1.5 s".
std::string format_duration(duration);
// "0 B", "999 B", "1.2 kB", "3.4 MB" in powers of 1000.
std::string format_size(std::uint64_t bytes);
// "1 try", "2 tries".
std::string counted(std::uint64_t n, std::string_view singular, std::string_view plural);

}  // namespace dgram::app
