// SPDX-License-Identifier: MIT
// Says when a child has ended. Does not reap it: until somebody does, its number and its group's are its own.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <functional>
#include <optional>

#include <asio/any_io_executor.hpp>
#include <asio/posix/stream_descriptor.hpp>
#include <asio/signal_set.hpp>

#include "udp/net/lifetime.h"

namespace dgram::app::exec {

class exit_watch {
 public:
  // A descriptor for the process where the system has such (Linux 5.3), else SIGCHLD.
  enum class means : std::uint8_t { best, signal };

  // `on_exit` is called from the loop, once. It may destroy the watch.
  exit_watch(const asio::any_io_executor&, pid_t, std::function<void()> on_exit, means = means::best);

 private:
  void wait_for_signal();

  pid_t id_;
  std::function<void()> on_exit_;
  std::optional<asio::posix::stream_descriptor> process_;
  std::optional<asio::signal_set> signals_;
  lifetime alive_;
};

}  // namespace dgram::app::exec
