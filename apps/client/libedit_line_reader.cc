// SPDX-License-Identifier: MIT
#include "apps/client/libedit_line_reader.h"

#include <editline/readline.h>
#include <poll.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <memory>
#include <utility>

#include "apps/cli/output.h"
#include "apps/cli/terminal.h"

namespace dgram::app {
namespace {

constexpr int remembered_lines = 1000;

// Bytes that wait, and whether more can come.
struct input_state {
  bool readable = false;
  bool gone = false;
};

input_state look_at_input() {
  pollfd input{STDIN_FILENO, POLLIN, 0};
  if (::poll(&input, 1, 0) <= 0) return {};
  const bool gone = (input.revents & (POLLHUP | POLLERR | POLLNVAL)) != 0;
  return {(input.revents & POLLIN) != 0 && !gone, gone};
}

}  // namespace

libedit_line_reader* libedit_line_reader::current_ = nullptr;

libedit_line_reader::libedit_line_reader(const asio::any_io_executor& executor)
    : input_(executor), signals_(executor, SIGWINCH, SIGCONT) {
  current_ = this;
}

libedit_line_reader::~libedit_line_reader() {
  stop();
  current_ = nullptr;
}

void libedit_line_reader::start(std::string prompt, on_line handler) {
  prompt_ = std::move(prompt);
  on_line_ = std::move(handler);
  stopped_ = false;
  rl_catch_signals = 0;  // signals are the loop's business
  rl_readline_name = "udp_client";
  install();
  using_history();
  stifle_history(remembered_lines);
  wait_for_signals();
  wait();
}

void libedit_line_reader::stop() {
  if (std::exchange(stopped_, true)) return;
  if (shown_) hide();
  if (std::exchange(installed_, false)) rl_callback_handler_remove();
  std::error_code ignored;
  input_.stream().cancel(ignored);
  signals_.cancel(ignored);
}

void libedit_line_reader::install() {
  // Shows the prompt too. Needed after every line, because libedit then leaves raw mode.
  rl_callback_handler_install(prompt_.c_str(), line_entered);
  installed_ = shown_ = true;
}

void libedit_line_reader::wait() {
  input_.stream().async_wait(asio::posix::stream_descriptor::wait_read, [this](std::error_code error) {
    if (error || stopped_) return;
    read_characters();
    if (!stopped_) wait();
  });
}

void libedit_line_reader::read_characters() {
  for (;;) {
    const input_state input = look_at_input();
    // libedit would report neither, and the loop would spin.
    if (input.gone) return on_line_(std::nullopt);
    if (!input.readable) return;
    rl_callback_read_char();
    if (stopped_) return;
  }
}

void libedit_line_reader::line_entered(char* line) {
  const std::unique_ptr<char, decltype(&std::free)> owner(line, &std::free);
  if (current_) current_->entered(line);
}

void libedit_line_reader::entered(const char* line) {
  shown_ = false;
  if (!line) {
    rl_callback_handler_remove();
    installed_ = false;
    // libedit has shown ^D where the line would be.
    output screen(STDOUT_FILENO);
    screen.add("\r\x1b[J");
    screen.flush();
    return on_line_(std::nullopt);
  }
  if (*line != '\0') add_history(line);
  on_line_(std::string(line));
  if (!stopped_) install();
}

void libedit_line_reader::hide() {
  if (!std::exchange(shown_, false)) return;
  std::string_view typed = rl_line_buffer ? rl_line_buffer : "";
  typed = typed.substr(0, static_cast<std::size_t>(rl_point));
  const std::size_t row = (display_width(prompt_) + display_width(typed)) / columns(STDOUT_FILENO);
  output screen(STDOUT_FILENO);
  if (row != 0) screen.add("\x1b[" + std::to_string(row) + "A");
  screen.add("\r\x1b[J");
  screen.flush();
}

void libedit_line_reader::show() {
  if (stopped_ || !installed_ || std::exchange(shown_, true)) return;
  rl_on_new_line();
  rl_forced_update_display();
}

void libedit_line_reader::wait_for_signals() {
  signals_.async_wait([this](std::error_code error, int number) {
    if (error || stopped_) return;
    if (number == SIGCONT) {
      // The shell has set the terminal meanwhile; libedit believes it is still raw.
      rl_deprep_terminal();
      rl_prep_terminal(1);
    }
    if (number == SIGWINCH) rl_resize_terminal();
    if (shown_) {
      if (number == SIGWINCH) hide();
      shown_ = false;
      show();
    }
    wait_for_signals();
  });
}

}  // namespace dgram::app
