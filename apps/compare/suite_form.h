// SPDX-License-Identifier: MIT
// The suite's result as a table, as JSON and as CSV.
#pragma once

#include <string>

#include "apps/compare/suite_result.h"

namespace dgram::app::compare {

// A line for each bar: what it is, what ours, the same without redundancy, TCP, ENet and SRT came to (median,
// least and most over the repetitions), and whether it holds. As wide as it is.
std::string suite_table(const suite_result&, bool colour);
std::string suite_json(const suite_result&);
// A line for each bar and contender: group, case, bar, relation, bound, unit, contender, median, least, most,
// repetitions, holds (yes, no, or empty: not what the bar is for).
std::string suite_csv(const suite_result&);
// "<= 22 ms"
std::string bound_text(const bar&);

}  // namespace dgram::app::compare
