// SPDX-License-Identifier: MIT
#include "apps/cli/terminal.h"

#include <poll.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include <algorithm>
#include <clocale>
#include <cstdlib>
#include <cwchar>

#include "apps/cli/text_escape.h"

namespace dgram::app {
namespace {

// Plain globals: a signal handler must reach them.
termios saved_settings;
volatile bool settings_are_saved = false;
char farewell[100];
volatile std::size_t farewell_size = 0;

std::string_view environment(const char* name) {
  const char* value = std::getenv(name);
  return value ? value : "";
}

// Length of the escape sequence (CSI) at the front, 0 when there is none.
std::size_t escape_length(std::string_view text) {
  if (!text.starts_with("\x1b[")) return 0;
  const std::size_t end = text.find_first_not_of("0123456789;", 2);
  return end == std::string_view::npos ? text.size() : end + 1;
}

std::size_t character_width(std::string_view character) {
  wchar_t wide = 0;
  std::mbstate_t state{};
  const std::size_t used = std::mbrtowc(&wide, character.data(), character.size(), &state);
  if (used == 0 || used > character.size()) return 1;
  return static_cast<std::size_t>(std::max(::wcwidth(wide), 0));
}

}  // namespace

bool is_terminal(int descriptor) {
  return ::isatty(descriptor) == 1;
}

bool can_redraw(int descriptor) {
  const std::string_view term = environment("TERM");
  return is_terminal(descriptor) && !term.empty() && term != "dumb";
}

bool may_colour(int descriptor, bool wanted) {
  return wanted && environment("NO_COLOR").empty() && can_redraw(descriptor);
}

std::size_t columns(int descriptor) {
  winsize size{};
  if (::ioctl(descriptor, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) return size.ws_col;
  return 80;
}

std::string_view fitting(std::string_view text, std::size_t width) {
  std::size_t used = 0;
  std::size_t length = 0;
  while (length < text.size()) {
    const std::string_view rest = text.substr(length);
    if (const std::size_t escape = escape_length(rest); escape != 0) {
      length += escape;
      continue;
    }
    const std::size_t next = std::max<std::size_t>(utf8_length(rest), 1);
    used += character_width(rest.substr(0, next));
    if (used > width) break;
    length += next;
  }
  return text.substr(0, length);
}

std::size_t display_width(std::string_view text) {
  std::size_t width = 0;
  while (!text.empty()) {
    if (const std::size_t escape = escape_length(text); escape != 0) {
      text.remove_prefix(escape);
      continue;
    }
    const std::size_t next = std::max<std::size_t>(utf8_length(text), 1);
    width += character_width(text.substr(0, next));
    text.remove_prefix(next);
  }
  return width;
}

void use_utf8_locale() {
  const char* name = std::setlocale(LC_CTYPE, "");
  const std::string_view chosen = name ? name : "C";
  if (chosen == "C" || chosen == "POSIX") std::setlocale(LC_CTYPE, "C.UTF-8");
}

terminal_settings::terminal_settings() {
  if (::tcgetattr(STDIN_FILENO, &saved_settings) == 0) settings_are_saved = true;
}

terminal_settings::~terminal_settings() {
  restore_terminal();
  settings_are_saved = false;
}

void restore_terminal() noexcept {
  pollfd screen{STDOUT_FILENO, POLLOUT, 0};
  if (farewell_size != 0 && ::poll(&screen, 1, 0) == 1) {
    [[maybe_unused]] const ssize_t written = ::write(STDOUT_FILENO, farewell, farewell_size);
  }
  if (settings_are_saved) ::tcsetattr(STDIN_FILENO, TCSADRAIN, &saved_settings);
}

void terminal_farewell(std::string_view escape_sequences) noexcept {
  farewell_size = 0;
  farewell_size = escape_sequences.copy(farewell, sizeof farewell);
}

}  // namespace dgram::app
