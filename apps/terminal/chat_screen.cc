// SPDX-License-Identifier: MIT
#include "apps/terminal/chat_screen.h"

#include <unistd.h>

#include <utility>

#include "apps/cli/terminal.h"
#include "apps/terminal/wrapping.h"

namespace dgram::app {
namespace {

std::string rows_up(std::size_t n) {
  return "\x1b[" + std::to_string(n) + "A";
}

std::string in_one_row(const std::string& text) {
  const std::size_t width = columns(STDOUT_FILENO) - 1;
  if (display_width(text) <= width || width == 0) return std::string(fitting(text, width));
  return std::string(fitting(text, width - 1)) + "…";
}

}  // namespace

chat_screen::chat_screen(line_reader& reader, std::string prompt, bool colour)
    : reader_(reader),
      prompt_(std::move(prompt)),
      colour_(colour),
      in_place_(reader.can_hide()),
      wraps_anew_(wraps_anew()) {
  reader_.on_disturbed([this](line_reader::disturbance what) { disturbed(what); });
}

void chat_screen::line(std::string_view text) {
  begin_change();
  screen_.add_line(text);
  if (in_place_) draw_status();
  end_change();
}

void chat_screen::waiting(bool waiting, const std::string& status) {
  if (waiting == waiting_ && status == status_) return;
  const bool other_row = status != status_;
  status_ = status;
  if (in_place_) {
    waiting_ = waiting;
    if (!other_row || overwrite_status()) return;
  }
  begin_change();
  waiting_ = waiting;
  draw_status();
  end_change();
}

void chat_screen::begin_change() {
  if (!inside_enter_) screen_.add(reader_.take_off());
  rub_out_status();
}

void chat_screen::end_change() {
  screen_.flush();
  if (!inside_enter_ && (in_place_ || !waiting_)) reader_.show();
}

void chat_screen::disturbed(line_reader::disturbance what) {
  // It is gone, or above what others wrote meanwhile.
  if (what != line_reader::disturbance::resized) status_is_drawn_ = false;
  begin_change();
  draw_status();
  end_change();
}

void chat_screen::entered(std::string_view typed) {
  inside_enter_ = true;
  if (!in_place_ || !status_is_drawn_) return;
  // The status would be left behind above the typed line.
  const std::string line = prompt_ + std::string(typed);
  const std::size_t up = place_after(line, columns(STDOUT_FILENO)).row + 1 + status_rows();
  status_is_drawn_ = false;
  // Beyond the window's upper edge nothing can be mended.
  if (up < window_rows(STDOUT_FILENO)) {
    screen_.add(rows_up(up) + "\r\x1b[J");
    screen_.add_line(line);
  }
  draw_status();
  screen_.flush();
}

void chat_screen::enter_is_done() {
  inside_enter_ = false;
  // A reader that edits in place brings its prompt back by itself.
  if (!in_place_ && !waiting_) reader_.show();
}

void chat_screen::ring() {
  screen_.add("\a");
  screen_.flush();
}

void chat_screen::close() {
  if (!in_place_) return;
  begin_change();
  status_.clear();
  screen_.flush();
}

std::string chat_screen::dim(std::string_view text) const {
  return colour_ ? "\x1b[2m" + std::string(text) + "\x1b[0m" : std::string(text);
}

std::string chat_screen::alarming(std::string_view text) const {
  return colour_ ? "\x1b[31m" + std::string(text) + "\x1b[0m" : std::string(text);
}

// Without touching the line being typed: a row that changes every second must not make it flicker.
bool chat_screen::overwrite_status() {
  if (!in_place_ || !status_is_drawn_ || inside_enter_ || status_.empty() || status_rows() != 1) return false;
  const auto below = reader_.rows_to_cursor();
  if (!below) return false;
  drawn_status_ = in_one_row(status_);
  screen_.add(
      "\x1b"
      "7" +
      rows_up(*below + 1) + "\r" + dim(drawn_status_) +
      "\x1b[K\x1b"
      "8");
  screen_.flush();
  return true;
}

void chat_screen::rub_out_status() {
  if (in_place_ && std::exchange(status_is_drawn_, false)) screen_.add(rows_up(status_rows()) + "\r\x1b[J");
}

void chat_screen::draw_status() {
  if (status_.empty() || status_is_drawn_) return;
  // One row at most, or rubbing out would leave the rest behind.
  drawn_status_ = in_place_ ? in_one_row(status_) : status_;
  screen_.add_line(dim(drawn_status_));
  status_is_drawn_ = in_place_;
}

// More than one where the window became narrower since it was drawn.
std::size_t chat_screen::status_rows() const {
  return wraps_anew_ ? rows_taken(drawn_status_, columns(STDOUT_FILENO)) : 1;
}

}  // namespace dgram::app
