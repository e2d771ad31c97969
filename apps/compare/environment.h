// SPDX-License-Identifier: MIT
// What of this machine bears upon the figures.
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace dgram::app::compare {

// {"kernel", "Linux 6.1.0 x86_64"}, …; what the system does not say is left out. In virtual time there is no
// machine. Files are read below `root` (tests have their own).
std::vector<std::pair<std::string, std::string>> environment_of(bool simulated, const std::string& root = "");

}  // namespace dgram::app::compare
