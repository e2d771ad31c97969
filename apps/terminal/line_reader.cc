// SPDX-License-Identifier: MIT
#include "apps/terminal/line_reader.h"

#include <unistd.h>

#include "apps/cli/terminal.h"
#include "apps/terminal/plain_line_reader.h"
#ifdef DGRAM_HAS_LIBEDIT
#include "apps/terminal/libedit_line_reader.h"
#endif

namespace dgram::app {

std::unique_ptr<line_reader> make_line_reader(const asio::any_io_executor& executor) {
#ifdef DGRAM_HAS_LIBEDIT
  if (can_redraw(STDOUT_FILENO)) return std::make_unique<libedit_line_reader>(executor);
#endif
  return std::make_unique<plain_line_reader>(executor);
}

const char* line_editing() {
#ifdef DGRAM_HAS_LIBEDIT
  return "line editing by libedit";
#else
  return "plain lines";
#endif
}

}  // namespace dgram::app
