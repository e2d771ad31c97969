// SPDX-License-Identifier: MIT
// The suite's cases as data: a link, what is carried over it, who carries it, and the bars that our own
// contenders are held to. Knows not how anything is run.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "apps/compare/checks.h"
#include "apps/compare/plan.h"

namespace dgram::app::compare {

// A row of the suite's table: one figure of one case, and what it must be for our own.
struct bar {
  std::string text;     // "p99 ordered"
  std::string ours;     // contender that is held to it
  std::string without;  // the same without redundancy; empty: none
  std::string figure;   // as figures.h names them
  relation is = relation::at_most;
  double bound = 0;
  double divisor = 1;          // of the figure, to have it in the bar's unit
  std::string_view unit = "";  // "ms"
};

struct suite_case {
  std::string group;  // "telemetry"
  std::string text;   // "loss 5 %"
  plan work;
  std::vector<std::string> link;    // settings, "delay=20ms"
  std::vector<std::string> others;  // contenders besides those that bars name
  std::vector<bar> bars;
  bool virtual_too = true;  // --sim can do it
};

const std::vector<suite_case>& suite_cases();
// "telemetry, request, …", each once.
std::vector<std::string> suite_groups();
// Each once, in the order in which the case names them.
std::vector<std::string> contenders_of(const suite_case&);

}  // namespace dgram::app::compare
