// SPDX-License-Identifier: MIT
// Every sample of a comparison as a line of CSV (RFC 4180), for spreadsheets and statistics programs.
#pragma once

#include <string>

#include "apps/compare/comparison.h"

namespace dgram::app::compare {

// Columns: point, contender, repetition, number, warm_up (0 or 1), intended_ms, latency_ms (empty when the
// message never came), waited_ms. A point is named by what was swept ("loss=5% delay=20ms"), or by its link.
// Times have all their nanoseconds.
std::string to_csv(const comparison&);

// As in the column `point`.
std::string point_name(const point&);

}  // namespace dgram::app::compare
