// SPDX-License-Identifier: MIT
#include "apps/impairment/whole_link_settings.h"

#include <memory>
#include <utility>
#include <variant>
#include <vector>

#include "apps/cli/flags.h"
#include "apps/cli/units.h"
#include "udp/sim/fate_record.h"
#include "udp/sim/profiles.h"

namespace dgram::app {

std::uint64_t seed_from(const setting_value& v) {
  const auto seed = parse_count(v.text);
  if (!seed) v.reject("a whole number from 0 to 18446744073709551615");
  return *seed;
}

void read_profile(const setting_value& v, impairment& to) {
  if (const sim::profile* found = sim::find_profile(v.text)) {
    to.up = sim::up_link(*found);
    to.down = sim::down_link(*found);
    return;
  }
  std::string names;
  for (const sim::profile& p : sim::profiles()) names += (names.empty() ? "" : ", ") + std::string(p.name);
  v.reject("one of the profiles " + names);
}

void read_replay(const setting_value& v, impairment& to) {
  if (v.text == "none") {
    if (to.up.replay) to.up = to.down = {};
    return;
  }
  auto read = sim::parse_fate_record(v.file());
  if (const auto* wrong = std::get_if<sim::text_error>(&read)) v.fail_at(*wrong, "a recording");
  auto& record = std::get<sim::fate_record>(read);
  to.up = to.down = {};
  to.up.replay = std::make_shared<const std::vector<sim::packet_fate>>(std::move(record.up));
  to.down.replay = std::make_shared<const std::vector<sim::packet_fate>>(std::move(record.down));
}

}  // namespace dgram::app
