// SPDX-License-Identifier: MIT
// What crossed a link, in words and as JSON.
#pragma once

#include <string>

#include "apps/cli/json_object.h"
#include "apps/impairment/impaired_path.h"
#include "apps/impairment/impairment.h"
#include "udp/core/time.h"

namespace dgram::app {

// Lines: a column for each direction, how late the link was, and a warning when the machine could not keep
// up.
std::string path_summary(const impaired_path&, const impairment&, duration running);
// One line for --interval.
std::string path_progress(const impaired_path&, duration running);
// Adds "up", "down" and "lateness" to an event.
void add_path(json_object&, const impaired_path&, const impairment&);

}  // namespace dgram::app
