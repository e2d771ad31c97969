// SPDX-License-Identifier: MIT
// Bytes first in, first out, in a ring that keeps its memory: what waits to be framed.
#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <span>
#include <vector>

namespace dgram {

class stream_queue {
 public:
  std::size_t size() const { return size_; }

  void push(std::span<const std::byte> bytes) {
    if (size_ + bytes.size() > ring_.size()) grow(size_ + bytes.size());
    const std::size_t at = (head_ + size_) & (ring_.size() - 1);
    const std::size_t straight = std::min(bytes.size(), ring_.size() - at);
    std::copy_n(bytes.begin(), straight, ring_.begin() + static_cast<std::ptrdiff_t>(at));
    std::copy(bytes.begin() + static_cast<std::ptrdiff_t>(straight), bytes.end(), ring_.begin());
    size_ += bytes.size();
  }

  // Moves the oldest `count` bytes to the end of `out`.
  void pop_to(std::vector<std::byte>& out, std::size_t count) {
    const auto begin = ring_.begin() + static_cast<std::ptrdiff_t>(head_);
    const auto straight = static_cast<std::ptrdiff_t>(std::min(count, ring_.size() - head_));
    out.insert(out.end(), begin, begin + straight);
    out.insert(out.end(), ring_.begin(), ring_.begin() + (static_cast<std::ptrdiff_t>(count) - straight));
    drop(count);
  }

  void drop(std::size_t count) {
    size_ -= count;
    if (size_ > 0) {
      head_ = (head_ + count) & (ring_.size() - 1);
      return;
    }
    head_ = 0;
    if (ring_.size() > worth_keeping) ring_ = {};
  }

 private:
  static constexpr std::size_t worth_keeping = 128 * 1024;

  void grow(std::size_t wanted) {
    std::vector<std::byte> larger;
    larger.reserve(std::bit_ceil(std::max(wanted, std::size_t{256})));
    const std::size_t count = size_;
    if (count > 0) pop_to(larger, count);
    larger.resize(larger.capacity());
    ring_ = std::move(larger);
    head_ = 0;
    size_ = count;
  }

  std::vector<std::byte> ring_;  // size a power of two, or 0
  std::size_t head_ = 0;
  std::size_t size_ = 0;
};

}  // namespace dgram
