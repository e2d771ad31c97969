// SPDX-License-Identifier: MIT
#include "apps/compare/suite_result.h"

#include <algorithm>

#include "apps/compare/figures.h"

namespace dgram::app::compare {
namespace {

// A bar's bound is one of few digits; what rounding does to a quotient of counts is no miss.
constexpr double rounding = 1e-9;

bool within(const spread& s, const bar& b) {
  switch (b.is) {
    case relation::above: return s.median > b.bound;
    case relation::at_least: return s.median >= b.bound * (1 - rounding);
    case relation::below: return s.median < b.bound;
    case relation::at_most: return s.median <= b.bound * (1 + rounding);
  }
  return false;
}

// Each run's own figures, whatever the others' were.
std::vector<std::map<std::string, estimate>> figures_by_run(const contender& c, const plan& p) {
  std::vector<std::map<std::string, estimate>> all;
  for (const run& r : c.runs) {
    if (!r.failure.empty()) continue;
    contender alone{c.name, c.label, {r}, {}};
    fill_figures(alone, p, 0);
    all.push_back(std::move(alone.figures));
  }
  return all;
}

}  // namespace

spread spread_of(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  // Of an even number the worse one is not known to be; the mean of both would be a figure nobody had.
  return {values[(values.size() - 1) / 2], values.front(), values.back(), values.size()};
}

std::vector<suite_row> rows_of(const suite_case& c, const point& measured) {
  std::vector<suite_row> rows;
  for (const bar& b : c.bars) rows.push_back({c.group, c.text, b, {}, {}});
  for (const contender& who : measured.contenders) {
    const auto runs = figures_by_run(who, c.work);
    for (suite_row& row : rows) {
      std::vector<double> values;
      for (const auto& figures : runs) {
        const auto found = figures.find(row.what.figure);
        if (found != figures.end()) values.push_back(found->second.value / row.what.divisor);
      }
      if (!values.empty()) row.figures[who.name] = spread_of(std::move(values));
    }
  }
  for (suite_row& row : rows) {
    const auto ours = row.figures.find(row.what.ours);
    if (ours != row.figures.end()) row.holds = within(ours->second, row.what);
  }
  return rows;
}

bool all_hold(const suite_result& r) {
  return std::all_of(r.rows.begin(), r.rows.end(),
                     [](const suite_row& row) { return row.holds.value_or(false); });
}

}  // namespace dgram::app::compare
