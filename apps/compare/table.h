// SPDX-License-Identifier: MIT
// A comparison as text of at most 100 columns: the verdict first, then the rows, then what to know about
// them, then the command that repeats it.
#pragma once

#include <string>

#include "apps/compare/comparison.h"

namespace dgram::app::compare {

std::string table_text(const comparison&, bool colour);

}  // namespace dgram::app::compare
