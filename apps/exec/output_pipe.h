// SPDX-License-Identifier: MIT
// Reads what a child writes, without blocking, until the child's end is closed.
#pragma once

#include <cstddef>
#include <functional>
#include <string_view>

#include <asio/any_io_executor.hpp>
#include <asio/posix/stream_descriptor.hpp>

#include "udp/net/lifetime.h"

namespace dgram::app::exec {

class output_pipe {
 public:
  // Takes the descriptor. `on_bytes` may not destroy the pipe.
  output_pipe(const asio::any_io_executor&, int descriptor, std::function<void(std::string_view)> on_bytes);

  // Reads what is there, and no more after it.
  void finish();

 private:
  // One wake-up reads so much at most, so that a command that writes without end leaves time for others.
  static constexpr std::size_t most_at_once = 256 * 1024;
  // What a pipe holds at most, unless an administrator allows more (pipe(7)).
  static constexpr std::size_t largest_pipe = 1024 * 1024;

  void wait();
  // False at the end.
  bool read(std::size_t most);

  asio::posix::stream_descriptor stream_;
  std::function<void(std::string_view)> on_bytes_;
  lifetime alive_;
};

}  // namespace dgram::app::exec
