// SPDX-License-Identifier: MIT
// The settings that are of both directions at once: a named profile, a recording, the seed.
#pragma once

#include <cstdint>

#include "apps/impairment/impairment.h"
#include "apps/impairment/setting_value.h"

namespace dgram::app {

// All three throw usage_error.
std::uint64_t seed_from(const setting_value&);
// Replaces whatever was set.
void read_profile(const setting_value&, impairment& to);
// The same; "none" ends it.
void read_replay(const setting_value&, impairment& to);

}  // namespace dgram::app
