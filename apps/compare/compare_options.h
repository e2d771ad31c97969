// SPDX-License-Identifier: MIT
// The command line of udp_compare.
#pragma once

#include <string>
#include <vector>

#include "apps/cli/flags.h"
#include "apps/compare/checks.h"
#include "apps/compare/setting.h"

namespace dgram::app::compare {

struct compare_options {
  std::vector<setting> settings;  // one, or one for each point of a sweep
  lineup who;
  std::vector<check> checks;
  bool simulated = false;
  bool quiet = false;
  std::string command;  // repeats it
  std::string version;
};

flags compare_flags();
// Throws usage_error.
compare_options compare_options_from(const flags&);

}  // namespace dgram::app::compare
