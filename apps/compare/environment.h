// SPDX-License-Identifier: MIT
// What of this machine bears upon the figures.
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace dgram::app::compare {

// {"kernel", "6.1.0"}, …; what the system does not say is left out. In virtual time there is no machine.
std::vector<std::pair<std::string, std::string>> environment_of(bool simulated);

}  // namespace dgram::app::compare
