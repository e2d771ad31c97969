// SPDX-License-Identifier: MIT
#include "apps/impairment/impaired_path.h"

#include <algorithm>

namespace dgram::app {

impaired_path::impaired_path(const impairment& what, time_point start)
    : links_{sim::link(what.up, what.seed, 0, start), sim::link(what.down, what.seed, 1, start)} {}

void impaired_path::push(side from, std::span<const std::byte> packet, std::uint64_t tag, time_point now) {
  sim::link& way = links_[static_cast<std::size_t>(from)];
  way.push(packet, now, tag);
  if (on_offer_) on_offer_(from, way.last(), packet, now);
}

std::optional<time_point> impaired_path::next_event() const {
  const std::optional<time_point> up = links_[0].next_event();
  const std::optional<time_point> down = links_[1].next_event();
  return up && down ? std::min(up, down) : up ? up : down;
}

void impaired_path::change(const impairment& what) {
  links_[0].change(what.up);
  links_[1].change(what.down);
}

}  // namespace dgram::app
