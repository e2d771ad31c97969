// SPDX-License-Identifier: MIT
// The last lines of a room, for whoever comes later: at most 20, and 16 KiB; the oldest go first.
#pragma once

#include <cstddef>
#include <deque>
#include <string>

namespace dgram::app::rooms {

class history {
 public:
  static constexpr std::size_t most_lines = 20;
  static constexpr std::size_t most_bytes = 16 * 1024;

  void add(const std::string& line) {
    lines_.push_back(line);
    bytes_ += line.size();
    while (lines_.size() > most_lines || bytes_ > most_bytes) {
      bytes_ -= lines_.front().size();
      lines_.pop_front();
    }
  }
  const std::deque<std::string>& lines() const { return lines_; }

 private:
  std::deque<std::string> lines_;
  std::size_t bytes_ = 0;
};

}  // namespace dgram::app::rooms
