// SPDX-License-Identifier: MIT
// Standard input for asio, without a trace left behind. asio makes a descriptor non-blocking, and that flag
// belongs to the open file which the shell and our own stdout may share; so a second opening of the same
// file is used where the system allows (terminals, pipes, files), else the flags are put back at the end.
#pragma once

// asio 1.22 chooses how it allocates by a macro of the standard library, so a standard header comes first in
// every translation unit, or memory is released in another way than it was taken.
#include <utility>

#include <asio/any_io_executor.hpp>
#include <asio/posix/stream_descriptor.hpp>

namespace dgram::app {

class standard_input {
 public:
  explicit standard_input(const asio::any_io_executor&);
  ~standard_input();
  standard_input(const standard_input&) = delete;
  standard_input& operator=(const standard_input&) = delete;

  asio::posix::stream_descriptor& stream() { return stream_; }

 private:
  asio::posix::stream_descriptor stream_;
  int shared_flags_ = -1;  // to be put back, or -1
};

}  // namespace dgram::app
