// SPDX-License-Identifier: MIT
// Every impairment by name: what --help says of it, and how its value gets into one direction of a link.
#pragma once

#include <span>
#include <string_view>

#include "apps/impairment/setting_value.h"
#include "udp/sim/link_options.h"

namespace dgram::app {

struct setting {
  std::string_view name;   // without dashes and without up-, down-
  std::string_view value;  // what --help calls its value; empty for a switch
  std::string_view help;
  // Takes the place of whatever excludes it. Throws usage_error.
  void (*read)(const setting_value&, sim::link_options&);
};

// Of one direction or of both. `outage` is read apart: it counts from a moment that only the caller knows.
std::span<const setting> direction_settings();
// nullptr when there is none.
const setting* find_setting(std::string_view name);

}  // namespace dgram::app
