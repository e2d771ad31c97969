// SPDX-License-Identifier: MIT
// Links by name, with figures that others published.
#pragma once

#include <span>
#include <string_view>

#include "udp/sim/link_options.h"

namespace dgram::sim {

struct profile {
  std::string_view name;
  double up_rate;    // bytes per second
  double down_rate;  // bytes per second
  duration up_delay;
  duration down_delay;
  std::string_view source;  // of the figures
};

std::span<const profile> profiles();
// nullptr for an unknown name.
const profile* find_profile(std::string_view name);

link_options up_link(const profile&);
link_options down_link(const profile&);

}  // namespace dgram::sim
