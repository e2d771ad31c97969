// SPDX-License-Identifier: MIT
// The terminal taken over by the live view, in a thread of its own: a write to a terminal may block for as
// long as somebody likes, and nothing else of the program waits for it. One per program.
#pragma once

#include <functional>
#include <memory>

#include "apps/top/top_mailbox.h"

namespace dgram::app {

class top_screen {
 public:
  // Throws usage_error where there is no terminal that could show it, start_up_error where the build cannot.
  static void require();

  // Takes the screen and the keyboard. `on_quit` is called once at most, from that thread: somebody pressed
  // q, or the terminal is gone.
  top_screen(top_mailbox&, std::function<void()> on_quit);
  // Gives the terminal back as it was.
  ~top_screen();
  top_screen(const top_screen&) = delete;
  top_screen& operator=(const top_screen&) = delete;

 private:
  struct state;
  std::unique_ptr<state> state_;
};

}  // namespace dgram::app
