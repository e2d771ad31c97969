// SPDX-License-Identifier: MIT
#include "apps/cli/standard_input.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace dgram::app {

standard_input::standard_input(const asio::any_io_executor& executor) : stream_(executor) {
  int descriptor = ::open("/proc/self/fd/0", O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
  if (descriptor < 0) {
    // A socket, or no /proc.
    shared_flags_ = ::fcntl(STDIN_FILENO, F_GETFL);
    descriptor = ::fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3);
  }
  if (descriptor < 0) throw std::system_error(errno, std::generic_category(), "standard input");
  stream_.assign(descriptor);
}

standard_input::~standard_input() {
  if (shared_flags_ != -1) ::fcntl(STDIN_FILENO, F_SETFL, shared_flags_);
}

}  // namespace dgram::app
