// SPDX-License-Identifier: MIT
// Times of day as people read them, in the local time zone (TZ, or the system's).
#pragma once

#include <chrono>
#include <string>

namespace dgram::app {

using wall_time = std::chrono::system_clock::time_point;

// "14:30:48".
std::string time_of_day(wall_time);
// ISO 8601 with the offset from UTC: "2026-11-21T14:30:48+01:00".
std::string date_and_time(wall_time);

}  // namespace dgram::app
