// SPDX-License-Identifier: MIT
// Which of the latest numbers were seen? RFC 6479's ring of bits: the window moves up with the newest number,
// and no jump of a stranger's choosing costs more than one pass over its words.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

namespace dgram {

template <std::uint64_t Size>
class bit_ring {
  static_assert(Size >= 64 && (Size & (Size - 1)) == 0);

 public:
  // One above the newest number seen; 0 at first.
  std::uint64_t end() const { return end_; }
  // Whether `n` is too far below the newest to be told from one that was seen.
  bool below(std::uint64_t n) const { return n < end_ && end_ - n > Size; }
  // Only for numbers that are neither below the window nor above it.
  bool has(std::uint64_t n) const { return (words_[n / 64 % words_.size()] >> (n % 64) & 1) != 0; }

  // The 64 numbers from `begin` on, lowest first. Only for numbers of the window.
  std::uint64_t word_from(std::uint64_t begin) const {
    const std::uint64_t low = words_[begin / 64 % words_.size()] >> (begin % 64);
    if (begin % 64 == 0) return low;
    return low | words_[(begin / 64 + 1) % words_.size()] << (64 - begin % 64);
  }

  // Takes note of `n`, moving the window up if need be.
  void set(std::uint64_t n) {
    if (n >= end_) advance_to(n + 1);
    words_[n / 64 % words_.size()] |= std::uint64_t{1} << (n % 64);
  }

 private:
  void advance_to(std::uint64_t end) {
    if (end - end_ >= Size) {
      words_.fill(0);
    } else {
      for (std::uint64_t n = end_; n < end;) {
        const std::uint64_t count = std::min(64 - n % 64, end - n);
        words_[n / 64 % words_.size()] &= ~(~std::uint64_t{0} >> (64 - count) << (n % 64));
        n += count;
      }
    }
    end_ = end;
  }

  std::array<std::uint64_t, Size / 64> words_{};
  std::uint64_t end_ = 0;
};

}  // namespace dgram
