// SPDX-License-Identifier: MIT
// Figures as a lay reader wants them: few digits, "never" for what did not come.
#pragma once

#include <string>

namespace dgram::app::compare {

// "20.1 ms", "9.16 s"; "never" for infinity, "?" for NaN.
std::string time_text(double ms);
// The same in milliseconds without the unit: "20.1", "9155".
std::string ms_text(double ms);
// "98.9 %"; never "100 %" or "0 %" for what only comes close.
std::string share_text(double share);
// "102 kbit/s", "3.4 Mbit/s".
std::string rate_text(double kbps);
// Three significant digits: "1.93", "131".
std::string plain_text(double);

}  // namespace dgram::app::compare
