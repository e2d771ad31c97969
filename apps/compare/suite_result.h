// SPDX-License-Identifier: MIT
// What the suite found, as plain data. Knows neither how it was measured nor how it is shown.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "apps/compare/suite_cases.h"

namespace dgram::app::compare {

// Of the repetitions' figures. Infinite: never.
struct spread {
  double median = 0;
  double least = 0;
  double most = 0;
  std::size_t repetitions = 0;

  bool operator==(const spread&) const = default;
};

struct suite_row {
  std::string group, text;
  bar what;
  std::map<std::string, spread> figures;  // by contender; whoever has none did not run
  // Nothing: ours did not run.
  std::optional<bool> holds{};
};

struct suite_result {
  std::string command;
  std::string version;
  std::uint64_t seed = 0;
  std::uint32_t repetitions = 0;
  bool simulated = false;
  std::vector<std::pair<std::string, std::string>> environment;
  std::vector<suite_row> rows;
  std::vector<std::string> notes;
};

// Of at least one value.
spread spread_of(std::vector<double> values);
// The rows of a case that was measured.
std::vector<suite_row> rows_of(const suite_case&, const point&);
// Every bar was measured and holds.
bool all_hold(const suite_result&);

}  // namespace dgram::app::compare
