// SPDX-License-Identifier: MIT
#include "apps/impairment/whole_link_settings.h"

#include "apps/cli/flags.h"
#include "apps/cli/units.h"

namespace dgram::app {

std::uint64_t seed_from(const setting_value& v) {
  const auto seed = parse_count(v.text);
  if (!seed) v.reject("a whole number from 0 to 18446744073709551615");
  return *seed;
}

void read_profile(const setting_value& v, impairment&) {
  v.reject("the name of a profile");
}

void read_replay(const setting_value& v, impairment& to) {
  if (v.text == "none") {
    if (to.up.replay) to.up = to.down = {};
    return;
  }
  v.file();
  v.fail("is not a recording");
}

}  // namespace dgram::app
