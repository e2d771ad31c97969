// SPDX-License-Identifier: MIT
// What the machine or the link did that makes figures doubtful, in words.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "apps/compare/comparison.h"
#include "apps/compare/setting.h"

namespace dgram::app::compare {

// `device_drops`: packets that a device dropped before or behind the link, in all runs.
std::vector<std::string> warnings_of(const point&, const setting&, std::uint64_t device_drops);

}  // namespace dgram::app::compare
