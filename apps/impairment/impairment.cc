// SPDX-License-Identifier: MIT
#include "apps/impairment/impairment.h"

#include <algorithm>
#include <deque>
#include <random>

#include "apps/cli/text_escape.h"
#include "apps/impairment/setting_batch.h"
#include "apps/impairment/setting_table.h"
#include "apps/impairment/shell_word.h"
#include "udp/sim/profiles.h"

namespace dgram::app {
namespace {

std::string flags_of(const impairment& what) {
  std::string text;
  for (const given_flag& g : what.given) {
    if (g.name == "seed") continue;
    text += "--" + g.name;
    // A switch takes its value only in one word.
    const bool is_switch = g.name.ends_with("jitter-reorders");
    if (!is_switch || g.value != "true") text += (is_switch ? '=' : ' ') + shell_word(g.value);
    text += ' ';
  }
  return text + "--seed " + std::to_string(what.seed);
}

std::string profile_names() {
  std::string names;
  for (const sim::profile& p : sim::profiles()) names += ' ' + std::string(p.name);
  return names;
}

// Names live here: a flag only refers to its name.
std::vector<flag> declared_flags() {
  static std::deque<std::string> names;
  std::vector<flag> all;
  for (const setting& s : direction_settings()) {
    all.push_back({s.name, s.value, s.help});
    if (s.name == "loss") {
      all.push_back(
          {"up-loss", s.value,
           "The same for what the client sends; --down-loss for what the server sends. So has every "
           "flag from --loss to --fade its --up- and --down-"});
      all.push_back({"down-loss", s.value, s.help, true});
      continue;
    }
    for (const char* way : {"up-", "down-"}) {
      all.push_back({names.emplace_back(way + std::string(s.name)), s.value, s.help, true});
    }
  }
  all.push_back(
      {"profile", "NAME", names.emplace_back("A link by name, which other flags change:" + profile_names())});
  all.push_back({"replay", "FILE", "The fates that --record wrote, instead of all of the above"});
  all.push_back({"seed", "N", "Draw the same fates again; without it one is chosen and printed"});
  return all;
}

std::uint64_t fresh_seed() {
  // Short enough to be typed.
  return std::random_device{}();
}

}  // namespace

std::span<const flag> impairment_flags() {
  static const std::vector<flag> all = declared_flags();
  return all;
}

impairment impairment_from(const flags& given) {
  std::vector<given_flag> ours;
  for (given_flag& g : given.in_order()) {
    const bool known = std::any_of(impairment_flags().begin(), impairment_flags().end(),
                                   [&](const flag& f) { return f.names == g.name; });
    if (known) ours.push_back(std::move(g));
  }
  impairment what;
  what.seed = fresh_seed();
  setting_batch(what, "--", time_point{}).apply(ours);
  what.flags = flags_of(what);
  return what;
}

void apply_settings(impairment& current, std::span<const std::string> settings, duration zero) {
  std::vector<given_flag> given;
  for (const std::string& s : settings) {
    const std::size_t equals = s.find('=');
    if (equals == s.npos) throw usage_error("'" + escaped(s, 60) + "' is not NAME=VALUE");
    given.push_back({s.substr(0, equals), s.substr(equals + 1)});
  }
  impairment next = current;
  setting_batch(next, "", time_point{} + zero).apply(given);
  next.flags = flags_of(next);
  current = std::move(next);
}

}  // namespace dgram::app
