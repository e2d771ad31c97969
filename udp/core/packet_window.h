// SPDX-License-Identifier: MIT
// Which of the latest packets have arrived? A ring of bits like bit_ring, but 128 B for a quiet session and 1
// KB for one that needs it. Knows packet numbers and when they came.
#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "udp/core/time.h"

namespace dgram {

class packet_window {
 public:
  // Numbers remembered below the newest. `most` is what is under way at 50 Mbit/s and 200 ms, 1,040 packets,
  // with losses and reordering on top of it, or at 1 Gbit/s and 100 ms.
  static constexpr std::uint64_t least = 1024, most = 8192;

  // One above the newest number seen; 0 at first.
  std::uint64_t end() const { return end_; }
  std::uint64_t begin() const { return std::max(floor_, end_ > size() ? end_ - size() : 0); }
  // Whether `n` is too far below the newest to be told from one that was seen.
  bool below(std::uint64_t n) const { return n < begin(); }
  // Only for numbers from begin() to below end().
  bool has(std::uint64_t n) const { return (word(n) >> (n % 64) & 1) != 0; }

  // The 64 numbers from `from` on, lowest first. Only for numbers of the window.
  std::uint64_t word_from(std::uint64_t from) const {
    const std::uint64_t low = word(from) >> (from % 64);
    return from % 64 == 0 ? low : low | word(from + 64) << (64 - from % 64);
  }
  // How many numbers right below `next`, down to `floor`, were all seen, or all not. A word costs a step.
  std::uint64_t run_below(std::uint64_t next, std::uint64_t floor, bool seen) const {
    std::uint64_t n = next;
    while (n > floor) {
      const std::uint64_t bits = (n - 1) % 64 + 1;
      const std::uint64_t w = (seen ? word(n - 1) : ~word(n - 1)) << (64 - bits);
      const std::uint64_t run = std::min<std::uint64_t>(static_cast<std::uint64_t>(std::countl_one(w)), bits);
      n -= std::min(run, n - floor);
      if (run < bits) break;
    }
    return next - n;
  }

  // Takes note of `n`, moving the window up if need be.
  void set(std::uint64_t n, time_point now) {
    if (words_.empty()) {
      words_.resize(least / 64);
      marked_at_ = now;
    }
    if (size() < most && needs_more(n, now)) grow();
    if (n >= end_) advance_to(n + 1);
    words_[n / 64 % words_.size()] |= std::uint64_t{1} << (n % 64);
  }

 private:
  std::uint64_t size() const { return words_.size() * 64; }
  std::uint64_t word(std::uint64_t n) const { return words_[n / 64 % words_.size()]; }

  // Half the window was jumped over or came back to, or passed in less than 250 ms: so that whatever the
  // pace, a packet may be half a second late, or 8192 numbers.
  bool needs_more(std::uint64_t n, time_point now) {
    constexpr std::uint64_t half = least / 2;
    if (n < end_) return end_ - n > half;
    if ((n + 1) / half == end_ / half) return false;
    const bool fast = end_ > 0 && now - marked_at_ < std::chrono::milliseconds(250);
    marked_at_ = now;
    return fast || n - end_ >= half;
  }

  void grow() {
    floor_ = begin();
    std::vector<std::uint64_t> larger(most / 64);
    for (std::uint64_t n = floor_; n < end_; ++n) {
      if (has(n)) larger[n / 64 % larger.size()] |= std::uint64_t{1} << (n % 64);
    }
    words_ = std::move(larger);
  }

  void advance_to(std::uint64_t end) {
    if (end - end_ >= size()) {
      std::fill(words_.begin(), words_.end(), 0);
    } else {
      for (std::uint64_t n = end_; n < end;) {
        const std::uint64_t count = std::min(64 - n % 64, end - n);
        words_[n / 64 % words_.size()] &= ~(~std::uint64_t{0} >> (64 - count) << (n % 64));
        n += count;
      }
    }
    end_ = end;
  }

  std::vector<std::uint64_t> words_;  // `least` or `most` bits; none before the first packet
  std::uint64_t end_ = 0;
  std::uint64_t floor_ = 0;  // what was below it when the window grew is not known
  time_point marked_at_{};   // when a multiple of half of `least` was last passed
};

}  // namespace dgram
