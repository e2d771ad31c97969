// SPDX-License-Identifier: MIT
// Lines to a descriptor, gathered and written together. Once a write fails (the reader is gone, the disk
// is full) everything further is dropped and `failed` says so; SIGPIPE must be ignored.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <system_error>

namespace dgram::app {

class output {
 public:
  explicit output(int descriptor) : descriptor_(descriptor) {}

  // Gathered until the next flush.
  void add(std::string_view text);
  void add_line(std::string_view text);
  // Blocks while the reader is slow.
  void flush();
  // The same until a non-blocking descriptor takes no more; true when nothing is left.
  bool try_flush();

  bool pending() const { return size() != 0; }
  std::size_t size() const { return gathered_.size() - written_; }
  bool failed() const { return static_cast<bool>(error_); }
  std::error_code error() const { return error_; }

 private:
  int descriptor_;
  std::string gathered_;
  std::size_t written_ = 0;  // of gathered_: a slow pipe takes a large reply in hundreds of pieces
  std::error_code error_;
};

// "standard output cannot be written: No space left on device"; empty when the reader simply left.
std::string loss_of_output(std::error_code);

// Makes descriptors 0, 1 and 2 open and harmless, so that no socket takes the place of a closed one: reading
// gives end of file, writing fails. Also ignores SIGPIPE.
void secure_standard_streams();

}  // namespace dgram::app
