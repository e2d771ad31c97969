// SPDX-License-Identifier: MIT
// Where a terminal puts text that is wider than its window.
#pragma once

#include <cstddef>
#include <string_view>

namespace dgram::app {

struct place {
  std::size_t row = 0;
  std::size_t column = 0;
};

// Where the cursor is after `text`, written from the left edge, as line editors count: behind a full row it
// is on the next one. A wide character that would be cut begins the next row. Needs a UTF-8 locale.
place place_after(std::string_view text, std::size_t columns);
// Rows that `text` takes when its own newline follows; 1 at least.
std::size_t rows_taken(std::string_view text, std::size_t columns);

// Rows of the window, 24 when unknown.
std::size_t window_rows(int descriptor);
// Whether a row that no longer fits the window is wrapped anew when the window changes. Nearly all terminals
// do that; xterm, screen and Linux's console cut it.
bool wraps_anew();

}  // namespace dgram::app
