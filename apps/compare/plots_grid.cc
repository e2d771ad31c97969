// SPDX-License-Identifier: MIT
#include "apps/compare/plots_grid.h"

#include <algorithm>

#include "apps/compare/csv_form.h"

namespace dgram::app::compare {
namespace {

bool swept_alike(const comparison& c) {
  const auto& first = c.points.front().swept;
  const auto alike = [&](const point& p) {
    return std::equal(p.swept.begin(), p.swept.end(), first.begin(), first.end(),
                      [](const auto& a, const auto& b) { return a.first == b.first; });
  };
  return !first.empty() && std::all_of(c.points.begin(), c.points.end(), alike);
}

std::string row_name(const point& p) {
  point rest;
  rest.swept.assign(p.swept.begin() + 1, p.swept.end());
  return point_name(rest);
}

std::size_t index_of(std::vector<std::string>& values, const std::string& value) {
  const auto found = std::find(values.begin(), values.end(), value);
  if (found != values.end()) return static_cast<std::size_t>(found - values.begin());
  values.push_back(value);
  return values.size() - 1;
}

}  // namespace

sweep_grid grid_of(const comparison& c) {
  sweep_grid grid;
  if (c.points.empty()) return grid;
  if (!swept_alike(c)) {
    grid.rows.emplace_back();
    for (const point& p : c.points) {
      grid.values.push_back(point_name(p));
      grid.rows.front().settings.push_back(&p);
    }
    return grid;
  }
  grid.along = c.points.front().swept.front().first;
  std::vector<std::string> names;
  for (const point& p : c.points) {
    const std::size_t row = index_of(names, row_name(p));
    const std::size_t column = index_of(grid.values, p.swept.front().second);
    grid.rows.resize(names.size());
    grid.rows[row].name = names[row];
    auto& settings = grid.rows[row].settings;
    settings.resize(std::max(settings.size(), column + 1));
    settings[column] = &p;
  }
  for (sweep_grid::row& r : grid.rows) r.settings.resize(grid.values.size());
  return grid;
}

}  // namespace dgram::app::compare
