// SPDX-License-Identifier: MIT
// The statistics of an endpoint for a person: aligned rows, and only those that say something.
#pragma once

#include <string>
#include <string_view>

#include "udp/core/statistics.h"

namespace dgram::app {

// "\nlost         3 datagrams".
std::string table_row(std::string_view label, std::string_view text);

// Rows about what was lost, sent again, repaired, reordered; and about the path and what it lets through.
// Empty when there is nothing to say.
std::string transport_rows(const statistics&);

// "3 discarded (2 duplicate, 1 malformed)".
std::string discards_text(const discard_counters&);

}  // namespace dgram::app
