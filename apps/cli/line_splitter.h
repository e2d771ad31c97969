// SPDX-License-Identifier: MIT
// Bytes in as they come, lines out. A line that is longer than the limit is not kept: only its length is.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace dgram::app {

struct input_line {
  std::uint64_t number = 0;  // the first is 1
  std::uint64_t size = 0;    // without its newline
  std::string text;          // empty when too long
  bool too_long = false;
};

class line_splitter {
 public:
  explicit line_splitter(std::size_t limit) : limit_(limit) {}

  void add(std::string_view bytes) { waiting_ += bytes; }
  // No more bytes come: what is left is the last line, if it is not empty.
  void end() { ended_ = true; }
  // The next whole line, nullopt when more bytes are needed or all is said.
  std::optional<input_line> next();

  bool finished() const { return ended_ && begin_ == waiting_.size() && long_line_ == 0; }

 private:
  std::optional<input_line> last_line();
  input_line make_line(std::string_view text);
  void drop_read_part();

  std::size_t limit_;
  std::string waiting_;
  std::size_t begin_ = 0;        // of the first line that was not handed out
  std::size_t scanned_ = 0;      // no newline before this place
  std::uint64_t long_line_ = 0;  // bytes of an overlong line that were dropped already
  std::uint64_t number_ = 0;
  bool ended_ = false;
};

}  // namespace dgram::app
