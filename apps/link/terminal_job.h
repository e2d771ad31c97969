// SPDX-License-Identifier: MIT
// The terminal, lent to the client's command as a shell lends it to a job: Ctrl-C and Ctrl-Z reach the
// command alone, and the link is there until it has ended.
#pragma once

namespace dgram::app {

class terminal_job {
 public:
  // Lends when standard input and output are one terminal that is ours to give.
  terminal_job();
  ~terminal_job();
  terminal_job(const terminal_job&) = delete;
  terminal_job& operator=(const terminal_job&) = delete;

  bool lends() const { return lends_; }
  // The command has stopped: so do we, for whoever started us. True when the command is to have the terminal
  // again when it goes on.
  bool stop_too();
  void take_back();

 private:
  bool lends_;
  bool lent_;
};

}  // namespace dgram::app
