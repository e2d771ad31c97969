// SPDX-License-Identifier: MIT
#include "apps/top/top_columns.h"

#include <algorithm>
#include <string_view>

#include "apps/cli/terminal.h"

namespace dgram::app {
namespace {

constexpr std::size_t kinds = static_cast<std::size_t>(top_column::count_);

struct column_kind {
  std::string_view heading;
  std::size_t usual;  // so wide even when what is on the screen is narrower, or columns would jump
  std::size_t most;
  bool right;
};
constexpr std::array<column_kind, kinds> column_kinds{{
    {"#", 3, 20, true},
    {"address", 15, 48, false},
    {"via", 4, 4, false},
    {"name", 8, 40, false},
    {"messages", 8, 8, true},
    {"msg/s", 5, 6, true},
    {"trip", 7, 8, true},
    {"loss", 5, 6, true},
    {"retries", 7, 7, true},
    {"idle", 4, 5, true},
}};
// Text that may be cut; the others are numbers, of which a part would be a lie.
constexpr std::array may_be_cut{top_column::address, top_column::name};
// What goes first when room is short.
constexpr std::array goes_first{top_column::retries,    top_column::loss,   top_column::idle,
                                top_column::round_trip, top_column::number, top_column::transport,
                                top_column::rate,       top_column::name};

constexpr const column_kind& kind_of(std::size_t i) {
  return column_kinds[i];
}

}  // namespace

top_columns::top_columns(std::span<const top_row> shown, std::size_t width) {
  for (std::size_t i = 0; i < kinds; ++i) {
    std::size_t widest = std::max(kind_of(i).usual, kind_of(i).heading.size());
    for (const top_row& row : shown) {
      widest = std::max(widest, display_width(cell(static_cast<top_column>(i), row)));
    }
    columns_[i].wanted = columns_[i].least = std::min(widest, kind_of(i).most);
  }
  for (const top_column column : may_be_cut) {
    of(column).least = kind_of(static_cast<std::size_t>(column)).usual;
  }
  for (one& column : columns_) column.width = column.least;
  drop(width);
  widen(width);
}

std::size_t top_columns::total() const {
  std::size_t sum = 0;
  for (const one& column : columns_) {
    if (column.shown) sum += column.width + gap_;
  }
  return sum - gap_;
}

void top_columns::drop(std::size_t width) {
  for (const top_column next : goes_first) {
    if (total() <= width) return;
    of(next).shown = false;
  }
}

void top_columns::widen(std::size_t width) {
  for (const top_column column : may_be_cut) {
    one& its = of(column);
    const std::size_t spare = width - std::min(width, total());
    if (its.shown) its.width += std::min(spare, its.wanted - its.width);
  }
  gap_ = 2;
  if (total() > width) gap_ = 1;
}

template <typename Text>
std::string top_columns::joined(Text text) const {
  std::string line;
  for (std::size_t i = 0; i < kinds; ++i) {
    if (!columns_[i].shown) continue;
    if (!line.empty()) line.append(gap_, ' ');
    line += padded(text(i), columns_[i].width, kind_of(i).right);
  }
  return line;
}

std::string top_columns::heading() const {
  return joined([](std::size_t i) { return kind_of(i).heading; });
}

std::string top_columns::line(const top_row& row) const {
  return joined([&](std::size_t i) { return cell(static_cast<top_column>(i), row); });
}

}  // namespace dgram::app
