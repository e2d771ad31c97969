// SPDX-License-Identifier: MIT
#include "apps/impairment/impaired_path.h"

#include <algorithm>

namespace dgram::app {
impaired_path::impaired_path(const impairment& what, time_point start, std::size_t overhead)
    : start_(start),
      overhead_(overhead),
      links_{sim::link(on_the_link(what.up), what.seed, 0, start),
             sim::link(on_the_link(what.down), what.seed, 1, start)},
      asked_loss_{asked_loss(what.up), asked_loss(what.down)} {}

void impaired_path::push(side from, std::span<const std::byte> packet, std::uint64_t tag, time_point now,
                         bool ecn_capable) {
  const auto which = static_cast<std::size_t>(from);
  sim::link& way = links_[which];
  asked_lost_[which] += asked_loss_[which];
  way.push(packet, now, tag, ecn_capable);
  if (on_offer_) on_offer_(from, way.last(), packet, tag, now);
}

std::optional<time_point> impaired_path::next_event() const {
  const std::optional<time_point> up = links_[0].next_event();
  const std::optional<time_point> down = links_[1].next_event();
  return up && down ? std::min(up, down) : up ? up : down;
}

void impaired_path::change(const impairment& what, time_point now) {
  asked_loss_ = {asked_loss(what.up), asked_loss(what.down)};
  links_[0].change(on_the_link(what.up), now);
  links_[1].change(on_the_link(what.down), now);
}

sim::link_options impaired_path::on_the_link(sim::link_options options) const {
  options.overhead = overhead_;
  // A person's outages count from the link's start, a link's are moments.
  for (sim::outage& o : options.outages) {
    o.from = start_ + o.from.time_since_epoch();
    o.until = start_ + o.until.time_since_epoch();
  }
  return options;
}

}  // namespace dgram::app
