// SPDX-License-Identifier: MIT
#include "apps/terminal/chat_screen.h"

#include <unistd.h>

#include <utility>

#include "apps/cli/terminal.h"

namespace dgram::app {

chat_screen::chat_screen(line_reader& reader, std::string prompt, bool colour)
    : reader_(reader), prompt_(std::move(prompt)), colour_(colour), in_place_(reader.can_hide()) {}

void chat_screen::line(std::string_view text) {
  begin_change();
  screen_.add_line(text);
  if (in_place_) draw_status();
  end_change();
}

void chat_screen::waiting(bool waiting, const std::string& status) {
  if (waiting == waiting_ && status == status_) return;
  begin_change();
  waiting_ = waiting;
  status_ = status;
  draw_status();
  end_change();
}

void chat_screen::begin_change() {
  if (!inside_enter_) reader_.hide();
  rub_out_status();
}

void chat_screen::end_change() {
  screen_.flush();
  if (!inside_enter_ && (in_place_ || !waiting_)) reader_.show();
}

void chat_screen::entered(std::string_view typed) {
  inside_enter_ = true;
  if (!in_place_ || !status_is_drawn_) return;
  // The status would be left behind above the typed line.
  const std::string line = prompt_ + std::string(typed);
  screen_.add("\x1b[" + std::to_string(rows(line) + 1) + "A\r\x1b[J");
  screen_.add_line(line);
  status_is_drawn_ = false;
  draw_status();
  screen_.flush();
}

void chat_screen::enter_is_done() {
  inside_enter_ = false;
  // A reader that edits in place brings its prompt back by itself.
  if (!in_place_ && !waiting_) reader_.show();
}

std::string chat_screen::dim(std::string_view text) const {
  return colour_ ? "\x1b[2m" + std::string(text) + "\x1b[0m" : std::string(text);
}

std::string chat_screen::alarming(std::string_view text) const {
  return colour_ ? "\x1b[31m" + std::string(text) + "\x1b[0m" : std::string(text);
}

std::size_t chat_screen::rows(std::string_view text) const {
  return display_width(text) / columns(STDOUT_FILENO) + 1;
}

void chat_screen::rub_out_status() {
  if (in_place_ && std::exchange(status_is_drawn_, false)) screen_.add("\x1b[A\r\x1b[J");
}

void chat_screen::draw_status() {
  if (status_.empty() || status_is_drawn_) return;
  // One row at most, or rubbing out would leave the rest behind.
  screen_.add_line(dim(in_place_ ? fitting(status_, columns(STDOUT_FILENO) - 1) : status_));
  status_is_drawn_ = in_place_;
}

}  // namespace dgram::app
