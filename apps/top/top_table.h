// SPDX-License-Identifier: MIT
// The live view as lines of text: what is shown, in which order, from where on. Knows no screen, no keyboard
// and no clock.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "apps/top/top_cells.h"
#include "apps/top/top_snapshot.h"

namespace dgram::app {

enum class top_order { messages, rate, round_trip, loss, retries, idle, number, count_ };
enum class top_key { up, down, page_up, page_down, first, last, next_order, pause };
enum class line_style { totals, heading, peer, problem, keys };

struct screen_line {
  line_style style;
  std::string text;  // no wider than the screen, and UTF-8 without control characters
};

class top_table {
 public:
  static constexpr std::size_t least_width = 40;
  static constexpr std::size_t least_height = 5;

  // Rates are those between this one and the one before. Nothing happens while paused.
  void show(top_snapshot);
  void press(top_key);

  // `height` lines, or fewer; one that says so when the screen is smaller than the least.
  std::vector<screen_line> lines(std::size_t width, std::size_t height);

 private:
  void measure(const top_snapshot& before);
  void sort();
  // How much a peer has of what is sorted by; the largest comes first.
  double weight(const top_row&) const;
  std::string who_and_where() const;
  std::string traffic() const;
  std::string keys(std::size_t width) const;

  top_snapshot now_;
  bool any_ = false;
  duration between_{0};  // the last two; 0: there is one only
  double messages_per_second_ = 0, bytes_in_per_second_ = 0, bytes_out_per_second_ = 0;
  std::vector<top_row> rows_;  // into now_, as sorted
  top_order order_ = top_order::messages;
  bool paused_ = false;
  std::size_t first_ = 0;  // row on the screen
  std::size_t page_ = 1;   // rows on the screen
};

}  // namespace dgram::app
