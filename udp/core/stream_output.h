// SPDX-License-Identifier: MIT
// The bytes of one connection that were framed and not yet written. One buffer, so that whatever is ready
// leaves in one write.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace dgram {

class stream_output {
 public:
  // Messages are framed ahead of the socket up to this many bytes (and the rest of the last one).
  static constexpr std::size_t batch = 64 * 1024;

  // Append here.
  std::vector<std::byte>& tail() { return bytes_; }
  std::span<const std::byte> pending() const { return std::span(bytes_).subspan(written_); }
  std::size_t size() const { return bytes_.size() - written_; }
  bool empty() const { return size() == 0; }

  void written(std::size_t count) {
    written_ += count;
    if (written_ == bytes_.size()) {
      clear();
    } else if (written_ > batch && written_ > bytes_.size() / 2) {
      bytes_.erase(bytes_.begin(), bytes_.begin() + static_cast<std::ptrdiff_t>(written_));
      written_ = 0;
    }
  }

  void clear() {
    if (bytes_.capacity() > 2 * batch) bytes_ = {};
    bytes_.clear();
    written_ = 0;
  }

 private:
  std::vector<std::byte> bytes_;
  std::size_t written_ = 0;
};

}  // namespace dgram
