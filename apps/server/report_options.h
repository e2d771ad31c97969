// SPDX-License-Identifier: MIT
// The flags of what the server says of itself beside its lines: figures to be fetched, a line now and then, a
// log file.
#pragma once

#include <optional>

#include "apps/cli/flags.h"
#include "apps/journal/rotating_file.h"
#include "udp/core/address.h"
#include "udp/core/time.h"

namespace dgram::app {

struct report_options {
  std::optional<address> metrics;
  std::optional<duration> log_interval;
  std::optional<journal::file_options> log;
};

// Throws usage_error.
report_options report_options_from(const flags&);

}  // namespace dgram::app
