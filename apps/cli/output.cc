// SPDX-License-Identifier: MIT
#include "apps/cli/output.h"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <utility>

namespace dgram::app {

void output::add(std::string_view text) {
  if (!failed()) gathered_ += text;
}

void output::add_line(std::string_view text) {
  add(text);
  add("\n");
}

void output::flush() {
  while (!try_flush()) {
    // Whoever shares the descriptor with us has made it non-blocking.
    pollfd ready{descriptor_, POLLOUT, 0};
    ::poll(&ready, 1, -1);
  }
}

bool output::try_flush() {
  while (pending()) {
    const ssize_t written = ::write(descriptor_, gathered_.data() + written_, size());
    if (written >= 0) {
      written_ += static_cast<std::size_t>(written);
    } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
      // Moving the rest costs no more than writing as much did.
      if (written_ > gathered_.size() / 2) gathered_.erase(0, std::exchange(written_, 0));
      return false;
    } else if (errno != EINTR) {
      error_ = std::error_code(errno, std::generic_category());
      break;
    }
  }
  gathered_.clear();
  written_ = 0;
  return true;
}

std::string loss_of_output(std::error_code error) {
  if (!error || error == std::errc::broken_pipe) return {};
  return "standard output cannot be written: " + error.message();
}

void secure_standard_streams() {
  std::signal(SIGPIPE, SIG_IGN);
  for (int descriptor = 0; descriptor <= 2; ++descriptor) {
    if (::fcntl(descriptor, F_GETFD) == -1 && errno == EBADF) {
      // The lowest free number is the one that is missing. Read-only, so that writing still fails.
      if (::open("/dev/null", O_RDONLY) != descriptor) return;
    }
  }
}

}  // namespace dgram::app
