// SPDX-License-Identifier: MIT
// Have I seen this message? A window of message ids, so that a message that comes again in another packet is
// not delivered again. RFC 6479's ring of bits.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "udp/core/ids.h"
#include "udp/core/wire.h"

namespace dgram {

class message_window {
 public:
  // A sender keeps its unacknowledged messages within this many ids, so that one below the window was either
  // seen or given up.
  static constexpr std::uint64_t size = 4096;

  message_id restore(std::uint16_t truncated) const {
    return {unwrap<wire::message_id_bits>(truncated, end_)};
  }

  // True once for every id: the first time it is asked for.
  bool first_time(message_id id) {
    if (id.value >= end_) {
      advance_to(id.value + 1);
    } else if (end_ - id.value > size || has(id.value)) {
      return false;
    }
    word(id.value) |= bit(id.value);
    return true;
  }

 private:
  bool has(std::uint64_t n) const { return (bits_[n / 64 % bits_.size()] & bit(n)) != 0; }
  static std::uint64_t bit(std::uint64_t n) { return std::uint64_t{1} << (n % 64); }
  std::uint64_t& word(std::uint64_t n) { return bits_[n / 64 % bits_.size()]; }

  void advance_to(std::uint64_t end) {
    if (end - end_ >= size) {
      bits_.fill(0);
    } else {
      for (std::uint64_t n = end_; n < end; ++n) word(n) &= ~bit(n);
    }
    end_ = end;
  }

  std::array<std::uint64_t, size / 64> bits_{};
  std::uint64_t end_ = 0;  // one above the newest id seen
};

}  // namespace dgram
