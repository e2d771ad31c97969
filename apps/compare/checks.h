// SPDX-License-Identifier: MIT
// --fail-if 'udp.p99 > 60ms': a demand on the figures, which fails when it is true.
#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "apps/compare/comparison.h"
#include "apps/compare/contenders.h"

namespace dgram::app::compare {

struct figure_name {
  std::string contender;  // "udp"
  std::string figure;     // "p99_ms"
};

enum class relation : std::uint8_t { above, at_least, below, at_most };

struct check {
  std::string text;
  figure_name left;
  relation is;
  std::variant<double, figure_name> right;
};

// "CONTENDER.FIGURE > VALUE" or "… > CONTENDER.FIGURE"; also >=, <, <=. Figures: p50, p90, p99, p999, max,
// first (durations); delivered, in-time (shares); goodput (bits per second); packets, bytes, cpu (per
// message; cpu a duration). Throws usage_error for whatever it does not know.
check check_from(const std::string& text, const std::vector<entrant>& taking_part);
// Why it failed at that point; nothing when it did not. A contender without figures fails every check.
std::optional<std::string> failure_of(const check&, const point&);

}  // namespace dgram::app::compare
