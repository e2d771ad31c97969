// SPDX-License-Identifier: MIT
#include "apps/terminal/wrapping.h"

#include <sys/ioctl.h>

#include <algorithm>
#include <cstdlib>

#include "apps/cli/terminal.h"
#include "apps/cli/text_escape.h"

namespace dgram::app {

place place_after(std::string_view text, std::size_t columns) {
  place at;
  while (!text.empty()) {
    const std::size_t length = std::max<std::size_t>(utf8_length(text), 1);
    const std::size_t width = display_width(text.substr(0, length));
    text.remove_prefix(length);
    if (at.column + width > columns) at = {at.row + 1, 0};
    at.column += width;
    if (at.column >= columns) at = {at.row + 1, 0};
  }
  return at;
}

std::size_t rows_taken(std::string_view text, std::size_t columns) {
  const place end = place_after(text, columns);
  return std::max<std::size_t>(end.row + (end.column == 0 ? 0 : 1), 1);
}

std::size_t window_rows(int descriptor) {
  winsize size{};
  if (::ioctl(descriptor, TIOCGWINSZ, &size) == 0 && size.ws_row > 0) return size.ws_row;
  return 24;
}

bool wraps_anew() {
  if (std::getenv("TMUX") != nullptr) return true;
  const char* const name = std::getenv("TERM");
  const std::string_view term = name ? name : "";
  return std::getenv("XTERM_VERSION") == nullptr && term != "linux" && !term.starts_with("screen");
}

}  // namespace dgram::app
