// SPDX-License-Identifier: MIT
#include "apps/link/terminal_job.h"

#include <sys/stat.h>
#include <unistd.h>

#include <csignal>

namespace dgram::app {
namespace {

// A pipeline's other processes need the terminal as much as the command does, so then nothing is lent.
bool one_terminal() {
  struct stat in {};
  struct stat out {};
  return ::isatty(STDIN_FILENO) != 0 && ::isatty(STDOUT_FILENO) != 0 && ::fstat(STDIN_FILENO, &in) == 0 &&
         ::fstat(STDOUT_FILENO, &out) == 0 && in.st_rdev == out.st_rdev;
}

}  // namespace

terminal_job::terminal_job()
    : lends_(one_terminal() && ::tcgetpgrp(STDIN_FILENO) == ::getpgrp()), lent_(lends_) {
  // Taking the terminal back, and writing while the command has it, must not stop us.
  if (lends_) std::signal(SIGTTOU, SIG_IGN);
}

terminal_job::~terminal_job() {
  take_back();
}

bool terminal_job::stop_too() {
  take_back();
  ::raise(SIGTSTP);  // returns when we are continued
  lent_ = lends_ && ::tcgetpgrp(STDIN_FILENO) == ::getpgrp();
  return lent_;
}

void terminal_job::take_back() {
  if (lent_) ::tcsetpgrp(STDIN_FILENO, ::getpgrp());
  lent_ = false;
}

}  // namespace dgram::app
