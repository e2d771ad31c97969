// SPDX-License-Identifier: MIT
// A comparison, or one run of it, as JSON (RFC 8259) and back. What is read may come from anywhere. Needs not
// know how anything was measured or is shown.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "apps/compare/comparison.h"

namespace dgram::app::compare {

// Durations are whole nanoseconds ("…_ns"), at most 2^53 of them either way, so that every JSON reader holds
// them exactly. Doubles that are not finite are the strings "inf", "-inf" and "nan". A sample is an array:
// [number, 1 if it was warm-up, intended, latency or null, waited]. Bytes that are not UTF-8 become U+FFFD.
std::string to_json(const comparison&);
std::string run_to_json(const run&);

// Throws std::runtime_error with one line that says what is wrong and where. Members it does not know are
// passed over; a newer format is refused.
comparison from_json(std::string_view);
run run_from_json(std::string_view);

// What is larger is refused, so that a file from elsewhere costs less than a gigabyte.
namespace json_limits {
inline constexpr std::size_t bytes = std::size_t{256} << 20;
inline constexpr std::size_t values = std::size_t{8} << 20;  // about 1.4 million samples
inline constexpr std::size_t depth = 16;
inline constexpr std::size_t members = 64;  // of an object
inline constexpr std::size_t points = 1000;
inline constexpr std::size_t contenders = 64;  // in a point
inline constexpr std::size_t runs = 10'000;    // of a contender
}  // namespace json_limits

}  // namespace dgram::app::compare
