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

// Rows from the first down to the cursor after `text`, which a line editor wrapped at `old_columns` before
// the window became `columns` wide. Rows that the editor ended itself stay apart: of the `at_once` bytes that
// it drew together, those that ended in a space, since it leaves that out.
std::size_t rows_after_resize(std::string_view text, std::size_t at_once, std::size_t old_columns,
                              std::size_t columns);

// Rows of the window, 24 when unknown.
std::size_t window_rows(int descriptor);
// Whether a row that no longer fits the window is wrapped anew when the window changes. Nearly all terminals
// do that; xterm, screen and Linux's console cut it.
bool wraps_anew();

}  // namespace dgram::app
