// SPDX-License-Identifier: MIT
#include "apps/operator/operate.h"

#include <unistd.h>

#include <utility>

#include "apps/cli/terminal.h"
#include "apps/operator/stream_console.h"
#include "apps/operator/terminal_console.h"

namespace dgram::app {

make_service operate(const asio::any_io_executor& executor, operator_options options, operator_words words,
                     bool may_use_terminal) {
  return [=](service_port& port) -> std::unique_ptr<service> {
    std::unique_ptr<operator_console> console;
    // What people write is UTF-8, and tables are as wide as it shows.
    use_utf8_locale();
    if (may_use_terminal && is_terminal(STDIN_FILENO) && is_terminal(STDOUT_FILENO)) {
      console = std::make_unique<terminal_console>(executor, words);
    } else {
      console = std::make_unique<stream_console>(executor, words);
    }
    return std::make_unique<operator_service>(port, std::move(console), options);
  };
}

}  // namespace dgram::app
