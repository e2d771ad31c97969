// SPDX-License-Identifier: MIT
#include "apps/cli/line_splitter.h"

namespace dgram::app {

std::optional<input_line> line_splitter::next() {
  const std::size_t newline = waiting_.find('\n', scanned_);
  if (newline != std::string::npos) {
    input_line line = make_line(std::string_view(waiting_).substr(begin_, newline - begin_));
    begin_ = scanned_ = newline + 1;
    drop_read_part();
    return line;
  }
  scanned_ = waiting_.size();
  if (ended_) return last_line();
  if (waiting_.size() - begin_ > limit_) {
    long_line_ += waiting_.size() - begin_;
    begin_ = waiting_.size();
  }
  drop_read_part();
  return std::nullopt;
}

std::optional<input_line> line_splitter::last_line() {
  if (finished()) return std::nullopt;
  input_line line = make_line(std::string_view(waiting_).substr(begin_));
  begin_ = waiting_.size();
  return line;
}

input_line line_splitter::make_line(std::string_view text) {
  input_line line;
  line.number = ++number_;
  line.size = long_line_ + text.size();
  line.too_long = line.size > limit_;
  if (!line.too_long) line.text = text;
  long_line_ = 0;
  return line;
}

void line_splitter::drop_read_part() {
  // Moves the rest at most once per buffer's worth of lines.
  if (begin_ < waiting_.size() && begin_ < 64 * 1024) return;
  waiting_.erase(0, begin_);
  scanned_ -= begin_;
  begin_ = 0;
}

}  // namespace dgram::app
