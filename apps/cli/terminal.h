// SPDX-License-Identifier: MIT
// What is known about the terminal behind a descriptor, and its settings put back on every way out.
#pragma once

#include <cstddef>
#include <string_view>

namespace dgram::app {

bool is_terminal(int descriptor);
// False also for TERM=dumb (or none), where nothing can be redrawn in place.
bool can_redraw(int descriptor);
// NO_COLOR (https://no-color.org) and `wanted` both may forbid it; a pipe never has colour.
bool may_colour(int descriptor, bool wanted);
// Columns, 80 when unknown.
std::size_t columns(int descriptor);

// Columns that UTF-8 text takes; escape sequences for colour take none. Needs a UTF-8 locale.
std::size_t display_width(std::string_view text);
// The longest beginning of `text` that takes no more than `width` columns.
std::string_view fitting(std::string_view text, std::size_t width);

// Takes the locale of the environment; where that is C or POSIX, C.UTF-8, because what people type is UTF-8.
void use_utf8_locale();

// Remembers the settings of standard input's terminal and puts them back in the destructor, and in
// `restore_terminal`, which may be called from a signal handler.
class terminal_settings {
 public:
  terminal_settings();
  ~terminal_settings();
  terminal_settings(const terminal_settings&) = delete;
  terminal_settings& operator=(const terminal_settings&) = delete;
};
void restore_terminal() noexcept;
// What `restore_terminal` also writes to standard output, if the terminal takes it at once: how a program
// that has the whole screen leaves it. Cut at 100 bytes; empty: nothing.
void terminal_farewell(std::string_view escape_sequences) noexcept;

}  // namespace dgram::app
