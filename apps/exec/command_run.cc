// SPDX-License-Identifier: MIT
#include "apps/exec/command_run.h"

#include <sys/wait.h>

#include <cerrno>
#include <csignal>
#include <utility>

#include <asio/post.hpp>

#include "apps/exec/child_start.h"

namespace dgram::app::exec {

command_run::command_run(const asio::any_io_executor& executor, const std::string& command,
                         const run_limits& limits, std::function<void(run_result)> on_end)
    : limits_(limits), on_end_(std::move(on_end)), timer_(executor) {
  result_.output = kept_output(limits.output);
  result_.limit = limits.time;
  begin(executor, command);
}

command_run::~command_run() {
  if (id_ < 0) return;
  signal_group(SIGKILL);
  reap();
}

void command_run::begin(const asio::any_io_executor& executor, const std::string& command) {
  const child started = start_shell(command, result_.error);
  if (result_.error) {
    result_.how = run_result::ending::not_started;
    asio::post(executor, [this, watch = alive_.observe()] {
      if (!watch.over()) end();
    });
    return;
  }
  id_ = started.id;
  out_.emplace(executor, started.out, [this](std::string_view bytes) { result_.output.add_out(bytes); });
  err_.emplace(executor, started.err, [this](std::string_view bytes) { result_.output.add_err(bytes); });
  exit_.emplace(executor, id_, [this] { exited(); });
  timer_.expires_after(limits_.time);
  timer_.async_wait([this, watch = alive_.observe()](std::error_code error) {
    if (!watch.over() && !error) terminate(run_result::ending::overran);
  });
}

void command_run::stop() {
  terminate(run_result::ending::stopped);
}

void command_run::terminate(run_result::ending why) {
  if (terminating_ || id_ < 0) return;
  terminating_ = true;
  result_.how = why;
  signal_group(SIGTERM);
  signal_group(SIGCONT);  // one that stands still hears nothing else
  timer_.expires_after(limits_.grace);
  timer_.async_wait([this, watch = alive_.observe()](std::error_code error) {
    if (!watch.over() && !error && id_ >= 0) signal_group(SIGKILL);
  });
}

// The shell is not reaped while id_ is set, so the number is its group's and nobody else's.
void command_run::signal_group(int number) const {
  if (::kill(-id_, number) != 0 && errno == ESRCH) ::kill(id_, number);
}

void command_run::exited() {
  timer_.cancel();
  signal_group(SIGKILL);
  out_->finish();
  err_->finish();
  const int status = reap();
  if (!terminating_) {
    result_.how = WIFSIGNALED(status) ? run_result::ending::killed : run_result::ending::exited;
    result_.number = WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status);
  }
  end();
}

int command_run::reap() {
  int status = 0;
  while (::waitpid(id_, &status, 0) < 0 && errno == EINTR) {
  }
  id_ = -1;
  return status;
}

void command_run::end() {
  // It may destroy this.
  const auto tell = std::exchange(on_end_, nullptr);
  tell(std::move(result_));
}

}  // namespace dgram::app::exec
