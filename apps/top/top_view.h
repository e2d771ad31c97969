// SPDX-License-Identifier: MIT
// The live view of a server (--top): once a second, or less often when there are very many peers, its figures
// are copied for the screen's thread, which does all the rest. Knows no terminal.
#pragma once

#include <functional>
#include <string>

#include <asio/any_io_executor.hpp>
#include <asio/steady_timer.hpp>

#include "apps/server/server_control.h"
#include "apps/top/top_mailbox.h"
#include "apps/top/top_screen.h"

namespace dgram::app {

class top_view {
 public:
  // Of so many peers the figures are copied, the oldest; of the others the view gives the number. A copy
  // takes the loop about a microsecond a peer, during which nobody is answered.
  static constexpr std::size_t most_peers = 1000;

  struct sources {
    server_control& server;
    std::string listens;
    std::function<std::string()> last_problem;
  };
  // Takes the terminal; see top_screen::require for what it throws. The executor's loop has one thread, which
  // calls all of this class.
  top_view(const asio::any_io_executor&, sources);
  // Gives the terminal back.
  ~top_view();
  top_view(const top_view&) = delete;
  top_view& operator=(const top_view&) = delete;

  // The loop may end.
  void stop();

 private:
  // In two turns of the loop, and then again after a second or more.
  void copy_totals();
  void copy_peers(duration took);
  void wait(duration took);

  sources of_;
  asio::steady_timer timer_;
  top_mailbox mailbox_;
  top_snapshot next_;
  bool stopped_ = false;
  top_screen screen_;
};

}  // namespace dgram::app
