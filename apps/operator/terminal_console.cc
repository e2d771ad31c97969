// SPDX-License-Identifier: MIT
#include "apps/operator/terminal_console.h"

#include <unistd.h>

#include <utility>

namespace dgram::app {
namespace {

constexpr const char* prompt = "> ";

}  // namespace

terminal_console::terminal_console(const asio::any_io_executor& executor, operator_words words)
    : words_(std::move(words)),
      reader_(make_line_reader(executor)),
      screen_(*reader_, prompt, may_colour(STDOUT_FILENO, true)) {}

void terminal_console::start(on_line handler) {
  on_line_ = std::move(handler);
  stopped_ = false;
  if (is_terminal(STDERR_FILENO)) {
    words_.divert([this](std::string_view word) { show(kind::report, word); });
  }
  reader_->start(prompt, [this](std::optional<std::string> line) { typed(std::move(line)); });
}

void terminal_console::stop() {
  if (std::exchange(stopped_, true)) return;
  reader_->stop();
  words_.divert(nullptr);
}

void terminal_console::show(kind what, std::string_view text) {
  if (stopped_) return;
  if (what == kind::refusal) {
    screen_.line(screen_.alarming(text));
  } else if (what == kind::event || what == kind::note) {
    screen_.line(screen_.dim(text));
  } else {
    screen_.line(text);
  }
}

void terminal_console::show_target(std::string_view name) {
  // Elsewhere each change would be a row of its own.
  if (stopped_ || !reader_->can_hide()) return;
  screen_.waiting(false, name.empty() ? "" : "an answer goes to " + std::string(name));
}

void terminal_console::typed(std::optional<std::string> line) {
  if (!line) {
    // The terminal may be gone, and a reader that goes on would spin.
    stop();
    return on_line_(std::nullopt);
  }
  screen_.entered(*line);
  on_line_(std::move(line));
  if (!stopped_) screen_.enter_is_done();
}

}  // namespace dgram::app
