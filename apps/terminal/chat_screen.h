// SPDX-License-Identifier: MIT
// The terminal of a chat: lines above, one row that says what is waited for, and the prompt below. Where
// nothing can be redrawn in place, the rows simply follow one another, and the prompt is shown while nothing
// is waited for.
#pragma once

#include <string>
#include <string_view>

#include "apps/cli/output.h"
#include "apps/terminal/line_reader.h"

namespace dgram::app {

class chat_screen {
 public:
  chat_screen(line_reader&, std::string prompt, bool colour);

  // A line that stays.
  void line(std::string_view text);
  // Whether an answer is waited for, and the row above the prompt: that it is, or whatever else is to be seen
  // there (may be empty).
  void waiting(bool, const std::string& status);
  // The person pressed Enter: the row with `typed` is one of those above now, and until `enter_is_done` the
  // prompt is off the screen.
  void entered(std::string_view typed);
  void enter_is_done();
  void ring();
  // Leaves only the lines that stay.
  void close();
  bool can_redraw() const { return in_place_; }
  bool failed() const { return screen_.failed(); }

  std::string dim(std::string_view) const;
  std::string alarming(std::string_view) const;

 private:
  void begin_change();
  void end_change();
  void disturbed(line_reader::disturbance);
  bool overwrite_status();
  void rub_out_status();
  void draw_status();
  std::size_t status_rows() const;

  line_reader& reader_;
  output screen_{1};
  std::string prompt_;
  bool colour_;
  bool in_place_;
  bool wraps_anew_;
  std::string status_;
  std::string drawn_status_;  // what of it fitted the window
  bool status_is_drawn_ = false;
  bool waiting_ = false;
  bool inside_enter_ = false;
};

}  // namespace dgram::app
