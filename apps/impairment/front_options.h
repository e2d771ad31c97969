// SPDX-License-Identifier: MIT
// The flags that every program with an impaired link in it has, besides the impairments themselves.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "apps/cli/flags.h"
#include "apps/impairment/impairment.h"
#include "udp/core/time.h"

namespace dgram::app {

struct front_options {
  std::string record;
  std::string pcap;
  std::optional<duration> interval;
  std::optional<duration> duration_limit;
  std::string control;  // empty: the usual place
  bool quiet = false;
  bool json = false;
  int json_to = 1;  // descriptor
};

// --record, --pcap, --interval, --duration, --control, --quiet, --json.
std::span<const flag> front_flags();
front_options front_options_from(const flags&);

// "udp_relay --listen 9001 --to 127.0.0.1:9000 --loss 5% --seed 1". `table` is the program's own.
std::string command_to_repeat(std::string_view program, const flags&, std::span<const flag> table,
                              const impairment&);

}  // namespace dgram::app
