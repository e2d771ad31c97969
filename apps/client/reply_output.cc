// SPDX-License-Identifier: MIT
#include "apps/client/reply_output.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <utility>

#include <asio/post.hpp>

namespace dgram::app {
namespace {

// A second opening of the pipe behind stdout, so that O_NONBLOCK stays our own affair. Files cannot do that
// (each opening has its own position) and need not, as they do not block.
std::optional<asio::posix::stream_descriptor> open_pipe(const asio::any_io_executor& executor) {
  struct stat kind {};
  if (::fstat(STDOUT_FILENO, &kind) != 0 || !S_ISFIFO(kind.st_mode)) return std::nullopt;
  const int descriptor = ::open("/proc/self/fd/1", O_WRONLY | O_NONBLOCK | O_CLOEXEC);
  if (descriptor < 0) return std::nullopt;
  return asio::posix::stream_descriptor(executor, descriptor);
}

}  // namespace

reply_output::reply_output(const asio::any_io_executor& executor, std::function<void()> on_change)
    : executor_(executor),
      on_change_(std::move(on_change)),
      pipe_(open_pipe(executor)),
      lines_(pipe_ ? pipe_->native_handle() : STDOUT_FILENO) {}

void reply_output::add_line(std::string_view line) {
  lines_.add_line(line);
  if (flush_is_due_) return;
  flush_is_due_ = true;
  asio::post(executor_, [this] { flush(); });
}

void reply_output::flush() {
  flush_is_due_ = false;
  if (!pipe_) {
    lines_.flush();
  } else if (!lines_.try_flush()) {
    flush_is_due_ = true;
    pipe_->async_wait(asio::posix::stream_descriptor::wait_write, [this](std::error_code error) {
      if (!error) flush();
    });
  }
  on_change_();
}

void reply_output::stop() {
  std::error_code ignored;
  if (pipe_) pipe_->cancel(ignored);
}

}  // namespace dgram::app
