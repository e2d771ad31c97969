// SPDX-License-Identifier: MIT
#include "apps/exec/output_pipe.h"

#include <array>
#include <system_error>
#include <utility>

#include <asio/buffer.hpp>
#include <asio/error.hpp>

namespace dgram::app::exec {

output_pipe::output_pipe(const asio::any_io_executor& executor, int descriptor,
                         std::function<void(std::string_view)> on_bytes)
    : stream_(executor, descriptor), on_bytes_(std::move(on_bytes)) {
  stream_.non_blocking(true);
  wait();
}

void output_pipe::finish() {
  if (!stream_.is_open()) return;
  read(largest_pipe);
  std::error_code ignored;
  stream_.close(ignored);
}

// Waits and then reads: what an asynchronous read has put into a buffer could not be had by finish().
void output_pipe::wait() {
  stream_.async_wait(asio::posix::stream_descriptor::wait_read,
                     [this, watch = alive_.observe()](std::error_code error) {
                       if (watch.over() || error || !stream_.is_open()) return;
                       if (read(most_at_once)) return wait();
                       std::error_code ignored;
                       stream_.close(ignored);
                     });
}

bool output_pipe::read(std::size_t most) {
  std::array<char, 65536> buffer;
  for (std::size_t done = 0; done < most;) {
    std::error_code error;
    const std::size_t size = stream_.read_some(asio::buffer(buffer), error);
    if (error) return error == asio::error::would_block || error == asio::error::try_again;
    on_bytes_({buffer.data(), size});
    done += size;
  }
  return true;
}

}  // namespace dgram::app::exec
