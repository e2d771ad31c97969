// SPDX-License-Identifier: MIT
#include "apps/impairment/setting_batch.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <utility>

#include "apps/cli/text_escape.h"
#include "apps/impairment/setting_table.h"
#include "apps/impairment/setting_value.h"
#include "apps/impairment/whole_link_settings.h"
#include "udp/sim/loss_process.h"

namespace dgram::app {
namespace {

constexpr std::string_view up_prefix = "up-";
constexpr std::string_view down_prefix = "down-";

bool for_both(std::string_view name) {
  return name == "seed" || name == "profile" || name == "replay";
}

}  // namespace

void setting_batch::apply(std::span<const given_flag> given) {
  all_ = given;
  // A profile is what the others differ from, wherever it stands.
  for (const bool profiles : {true, false}) {
    for (const given_flag& g : given) {
      if ((g.name == "profile") == profiles) apply(split(g), g);
    }
  }
  for (sim::link_options* o : {&to_.up, &to_.down}) {
    // Enough to set off a fast retransmission (three later packets: RFC 5681, RFC 9002).
    if (o->reorder > 0 && o->reorder_distance == 0 && o->reorder_most == duration{0}) o->reorder_distance = 3;
  }
  check(true);
  check(false);
}

setting_batch::one setting_batch::split(const given_flag& g) {
  const std::string_view name = g.name;
  if (name.starts_with(up_prefix)) return {name.substr(up_prefix.size()), g.value, true, false};
  if (name.starts_with(down_prefix)) return {name.substr(down_prefix.size()), g.value, false, true};
  return {name, g.value, true, true};
}

void setting_batch::apply(const one& o, const given_flag& g) {
  const setting_value value{called(g), g.value};
  if (for_both(o.name) && !(o.up && o.down)) value.fail("is of both directions: leave out up- or down-");
  if (o.name == "seed") {
    to_.seed = seed_from(value);
  } else if (o.name == "profile") {
    read_profile(value, to_);
  } else if (o.name == "replay") {
    read_replay(value, to_);
  } else {
    if (o.up) read_into(to_.up, o, g, !std::exchange(up_outage_, up_outage_ || o.name == "outage"));
    if (o.down) read_into(to_.down, o, g, !std::exchange(down_outage_, down_outage_ || o.name == "outage"));
  }
  remember(o, g);
}

void setting_batch::read_into(sim::link_options& to, const one& o, const given_flag& g, bool first_outage) {
  const setting_value value{called(g), g.value};
  const setting* found = find_setting(o.name);
  if (!found) throw usage_error(escaped(value.name, 60) + ": there is no such setting");
  if (found->read) {
    found->read(value, to);
    return;
  }
  if (first_outage) to.outages.clear();
  for (const sim::outage& out : value.outages(zero_)) to.outages.push_back(out);
}

void setting_batch::check(bool up) const {
  const sim::link_options& o = up ? to_.up : to_.down;
  if (o.replay) {
    for (const given_flag& g : all_) {
      if (g.name == "seed" || g.name == "replay") continue;
      throw usage_error(called(g) + " and " + before_name_ + "replay exclude one another");
    }
    return;
  }
  check_loss(up, o);
  check_company(up, o);
}

void setting_batch::check_loss(bool up, const sim::link_options& o) const {
  exclusive(up, "loss", "ge");
  exclusive(up, "burst", "ge");
  needs(up, "burst", "loss", o.loss > 0);
  if (o.mean_burst <= 1 || o.loss >= 1 || sim::chain_for(o.loss, o.mean_burst)) return;
  // After a run at least one packet gets through.
  const double most = o.mean_burst / (o.mean_burst + 1);
  const given_flag* burst = given(up, "burst");
  const given_flag* loss = given(up, "loss");
  const given_flag& blamed = burst ? *burst : *loss;
  std::array<char, 96> why{};
  std::snprintf(why.data(), why.size(), "cannot be: runs of %g on average lose %.3g %% at most, not %.3g %%",
                o.mean_burst, 100 * most, 100 * o.loss);
  setting_value{called(blamed), blamed.value}.fail(why.data());
}

void setting_batch::check_company(bool up, const sim::link_options& o) const {
  exclusive(up, "rate", "trace");
  needs(up, "jitter-shape", "jitter", o.jitter > duration{0});
  needs(up, "jitter-reorders", "jitter", o.jitter > duration{0});
  needs(up, "reorder-by", "reorder", o.reorder > 0);
  const bool narrow = o.rate > 0 || o.delivery_trace != nullptr;
  needs(up, "queue", "rate", narrow);
  needs(up, "ecn-mark", "rate", narrow);
}

void setting_batch::exclusive(bool up, std::string_view a, std::string_view b) const {
  const given_flag* first = given(up, a);
  const given_flag* other = given(up, b);
  if (first && other && first->value != "none" && other->value != "none") {
    throw usage_error(called(*first) + " and " + called(*other) + " exclude one another");
  }
}

void setting_batch::needs(bool up, std::string_view what, std::string_view other, bool there) const {
  const given_flag* g = given(up, what);
  // Given as 0 the other is there too: one of many values that a series goes through.
  if (!g || there || given(up, other) || setting_value{{}, g->value}.none()) return;
  throw usage_error(called(*g) + " does nothing without " + before_name_ + std::string(other));
}

// The last one that speaks of that direction.
const given_flag* setting_batch::given(bool up, std::string_view name) const {
  const given_flag* found = nullptr;
  for (const given_flag& g : all_) {
    const one o = split(g);
    if (o.name == name && (up ? o.up : o.down)) found = &g;
  }
  return found;
}

std::string setting_batch::called(const given_flag& g) const {
  return before_name_ + g.name;
}

// Keeps the settings that repeat this: an earlier one that this one overrides is dropped.
void setting_batch::remember(const one& o, const given_flag& g) {
  auto& kept = to_.given;
  const bool everything = o.name == "profile" || o.name == "replay";
  std::erase_if(kept, [&](const given_flag& old) {
    const one was = split(old);
    if (was.name == "seed" || o.name == "seed") return was.name == o.name;
    return everything || (was.name == o.name && (o.up || !was.up) && (o.down || !was.down));
  });
  given_flag kept_one = g;
  if (o.name == "outage") {
    // All of its direction at once, since they may have been given one by one, and counted from another
    // moment.
    kept_one.value = outage_text(o.up ? to_.up.outages : to_.down.outages);
  }
  kept.push_back(kept_one);
}

}  // namespace dgram::app
