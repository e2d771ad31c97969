// SPDX-License-Identifier: MIT
// One command in a shell of its own: its output gathered, its time limited, and nothing of its process group
// left when it has ended. Knows nothing of who asked.
//
// The command ends when its shell does: what that leaves in the background is killed. A process that makes
// itself a session of its own (setsid) is out of reach.
#pragma once

#include <sys/types.h>

#include <functional>
#include <optional>
#include <string>

#include <asio/any_io_executor.hpp>
#include <asio/steady_timer.hpp>

#include "apps/exec/exit_watch.h"
#include "apps/exec/output_pipe.h"
#include "apps/exec/running_command.h"
#include "udp/core/message.h"
#include "udp/net/lifetime.h"

namespace dgram::app::exec {

struct run_limits {
  // Then SIGTERM to the process group, and SIGKILL after the grace.
  duration time = std::chrono::seconds(10);
  duration grace = std::chrono::seconds(1);
  // Bytes of output that are kept; the rest is read, counted and dropped, so that the command never waits.
  std::size_t output = max_message_size;
};

class command_run final : public running_command {
 public:
  command_run(const asio::any_io_executor&, const std::string& command, const run_limits&,
              std::function<void(run_result)> on_end);
  ~command_run() override;
  command_run(const command_run&) = delete;
  command_run& operator=(const command_run&) = delete;

  void stop() override;

 private:
  void begin(const asio::any_io_executor&, const std::string& command);
  void terminate(run_result::ending why);
  void signal_group(int number) const;
  void exited();
  // The child's status as waitpid has it.
  int reap();
  void end();

  pid_t id_ = -1;  // -1: not there
  run_limits limits_;
  run_result result_;
  std::function<void(run_result)> on_end_;
  bool terminating_ = false;
  asio::steady_timer timer_;
  std::optional<output_pipe> out_;
  std::optional<output_pipe> err_;
  std::optional<exit_watch> exit_;
  lifetime alive_;
};

}  // namespace dgram::app::exec
