// SPDX-License-Identifier: MIT
// The live view where the build has no ncurses.
#include "apps/cli/start_up_error.h"
#include "apps/top/top_screen.h"

namespace dgram::app {

struct top_screen::state {};

void top_screen::require() {
  throw start_up_error(exit_code::unsupported,
                       "--top: this build has no ncurses (install libncurses-dev and build again)");
}

top_screen::top_screen(top_mailbox&, std::function<void()>) {
  require();
}

top_screen::~top_screen() = default;

}  // namespace dgram::app
