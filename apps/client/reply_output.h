// SPDX-License-Identifier: MIT
// Replies to stdout. A slow reader must not stop the loop, or messages would be given up although their
// answers lie in the socket; so a pipe is written without blocking, and `crowded` says when to ask no more.
#pragma once

#include <functional>
#include <optional>
#include <string_view>
#include <system_error>

#include <asio/any_io_executor.hpp>
#include <asio/posix/stream_descriptor.hpp>

#include "apps/cli/output.h"

namespace dgram::app {

class reply_output {
 public:
  // `on_change` is called from the loop when lines were written, or cannot be any more.
  reply_output(const asio::any_io_executor&, std::function<void()> on_change);

  void add_line(std::string_view);

  bool crowded() const { return lines_.size() > crowd; }
  bool empty() const { return !lines_.pending(); }
  bool failed() const { return lines_.failed(); }
  std::error_code error() const { return lines_.error(); }
  // Lets the loop end.
  void stop();

 private:
  static constexpr std::size_t crowd = 256 * 1024;

  void flush();

  asio::any_io_executor executor_;
  std::function<void()> on_change_;
  std::optional<asio::posix::stream_descriptor> pipe_;
  output lines_;
  bool flush_is_due_ = false;
};

}  // namespace dgram::app
