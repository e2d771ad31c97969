// SPDX-License-Identifier: MIT
// First in, first out, in one block that grows and is kept: no allocation once warm.
#pragma once

#include <cstddef>
#include <utility>
#include <vector>

namespace dgram {

template <class T>
class ring_queue {
 public:
  bool empty() const { return begin_ == end_; }
  std::size_t size() const { return end_ - begin_; }
  T& front() { return slots_[begin_ & (slots_.size() - 1)]; }
  const T& front() const { return slots_[begin_ & (slots_.size() - 1)]; }

  void push(T value) {
    if (size() == slots_.size()) grow();
    slots_[end_++ & (slots_.size() - 1)] = std::move(value);
  }

  T pop() {
    T value = std::move(front());
    ++begin_;
    return value;
  }

  void clear() { begin_ = end_ = 0; }

 private:
  void grow() {
    std::vector<T> larger(slots_.empty() ? 8 : slots_.size() * 2);
    const std::size_t count = size();
    for (std::size_t i = 0; i < count; ++i) larger[i] = std::move(slots_[(begin_ + i) & (slots_.size() - 1)]);
    slots_ = std::move(larger);
    begin_ = 0;
    end_ = count;
  }

  std::vector<T> slots_;  // size a power of two
  std::size_t begin_ = 0, end_ = 0;
};

}  // namespace dgram
