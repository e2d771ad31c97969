// SPDX-License-Identifier: MIT
// Which columns of the table of peers a screen has room for, how wide each is, and lines made with them. When
// room is short the less telling ones go first; the address and the messages always stay.
#pragma once

#include <array>
#include <span>
#include <string>

#include "apps/top/top_cells.h"

namespace dgram::app {

class top_columns {
 public:
  // `shown` are the rows on the screen: what is not seen takes no room.
  top_columns(std::span<const top_row> shown, std::size_t width);

  bool has(top_column column) const { return of(column).shown; }
  std::string heading() const;
  std::string line(const top_row&) const;

 private:
  struct one {
    bool shown = true;
    std::size_t least = 0;  // columns of the screen
    std::size_t wanted = 0;
    std::size_t width = 0;
  };

  one& of(top_column column) { return columns_[static_cast<std::size_t>(column)]; }
  const one& of(top_column column) const { return columns_[static_cast<std::size_t>(column)]; }
  std::size_t total() const;  // with the gaps
  void drop(std::size_t width);
  void widen(std::size_t width);
  template <typename Text>
  std::string joined(Text text) const;

  std::array<one, static_cast<std::size_t>(top_column::count_)> columns_;
  std::size_t gap_ = 1;
};

}  // namespace dgram::app
