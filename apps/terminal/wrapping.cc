// SPDX-License-Identifier: MIT
#include "apps/terminal/wrapping.h"

#include <sys/ioctl.h>

#include <algorithm>
#include <cstdlib>

#include "apps/cli/terminal.h"
#include "apps/cli/text_escape.h"

namespace dgram::app {

namespace {

std::string_view environment(const char* name) {
  const char* value = std::getenv(name);
  return value ? value : "";
}

// Length in bytes of what goes to the first row.
std::size_t first_row(std::string_view text, std::size_t columns) {
  std::size_t used = 0;
  std::size_t bytes = 0;
  while (bytes < text.size() && used < columns) {
    const std::string_view rest = text.substr(bytes);
    const std::size_t length = std::max<std::size_t>(utf8_length(rest), 1);
    used += display_width(rest.substr(0, length));
    if (used > columns && bytes != 0) break;
    bytes += length;
  }
  return bytes;
}

}  // namespace

place place_after(std::string_view text, std::size_t columns) {
  place at;
  for (;;) {
    const std::size_t length = first_row(text, columns);
    at.column = display_width(text.substr(0, length));
    text.remove_prefix(length);
    if (text.empty() && at.column < columns) return at;
    at = {at.row + 1, 0};
    if (text.empty()) return at;
  }
}

std::size_t rows_taken(std::string_view text, std::size_t columns) {
  const place end = place_after(text, columns);
  return std::max<std::size_t>(end.row + (end.column == 0 ? 0 : 1), 1);
}

std::size_t rows_after_resize(std::string_view text, std::size_t at_once, std::size_t old_columns,
                              std::size_t columns) {
  std::size_t rows = 0;
  std::size_t joined = 0;  // where the rows that go on in one another begin
  for (std::size_t at = 0; at < text.size();) {
    const std::string_view row = text.substr(at, first_row(text.substr(at), old_columns));
    at += row.size();
    const bool cut = row.ends_with(' ') || display_width(row) < old_columns;
    if (at == text.size() || at > at_once || !cut) continue;
    std::string_view before = text.substr(joined, at - joined);
    before = before.substr(0, before.find_last_not_of(' ') + 1);
    rows += rows_taken(before, columns);
    joined = at;
  }
  return rows + place_after(text.substr(joined), columns).row;
}

std::size_t window_rows(int descriptor) {
  winsize size{};
  if (::ioctl(descriptor, TIOCGWINSZ, &size) == 0 && size.ws_row > 0) return size.ws_row;
  return 24;
}

bool wraps_anew() {
  if (!environment("TMUX").empty()) return true;
  const std::string_view term = environment("TERM");
  return environment("XTERM_VERSION").empty() && term != "linux" && !term.starts_with("screen");
}

}  // namespace dgram::app
