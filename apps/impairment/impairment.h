// SPDX-License-Identifier: MIT
// Both directions of a link as a person asks for it: the same names as flags (--loss 5%, --up-loss 5%) and as
// settings of a program that runs (loss=5%).
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "apps/cli/flags.h"
#include "udp/sim/link_options.h"

namespace dgram::app {

// Where a packet enters the link. What the client sends goes up, what the server sends goes down.
enum class side : std::uint8_t { client = 0, server = 1 };
constexpr side opposite(side s) {
  return s == side::client ? side::server : side::client;
}

struct impairment {
  sim::link_options up;
  sim::link_options down;
  std::uint64_t seed = 0;
  // What was given, names without dashes; what a later one overrode is left out.
  std::vector<given_flag> given;
  // The same for the line that repeats a run: "--loss 5% --delay 20ms --seed 1".
  std::string flags;

  const sim::link_options& of(side from) const { return from == side::client ? up : down; }
};

// For a program's own table, beside its other flags. Most are hidden from --help: one line there tells of the
// --up-X and --down-X that every --X of one direction has.
std::span<const flag> impairment_flags();
// Reads what the flags name (traces, recordings). Draws a seed when none is given. Throws usage_error that
// names flag and value.
impairment impairment_from(const flags&);
// The same with further settings, each "NAME=VALUE" with a flag's name without its dashes ("up-loss=20%").
// Throws usage_error; `current` is then as it was. Outages count from `zero`, which counts from the link's
// start.
void apply_settings(impairment& current, std::span<const std::string> settings, duration zero = {});
// One line: "20 ms each way, 5 % loss"; "up 20 ms, 5 % loss; down 20 ms".
std::string describe(const impairment&);

}  // namespace dgram::app
