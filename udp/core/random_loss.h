// SPDX-License-Identifier: MIT
// How much does the path lose that is not the sender's doing? Counts only what left while less was sent than
// the path was known to carry, and was heard of with hardly any queue: what is lost then, no slowing down
// saves.
#pragma once

#include <algorithm>
#include <cstdint>

namespace dgram {

class random_loss {
 public:
  static constexpr std::uint64_t most = 200;  // per mille: more is taken for something else

  void heard(std::uint64_t acked, std::uint64_t lost) {
    sent_ += acked + lost;
    lost_ += lost;
    if (sent_ > memory) {
      sent_ /= 2;
      lost_ /= 2;
    }
  }
  void spurious(std::uint64_t bytes) { lost_ -= std::min(bytes, lost_); }

  // 0 until enough was counted to tell 5 % from nothing.
  std::uint64_t per_mille() const { return sent_ < enough ? 0 : std::min(lost_ * 1000 / sent_, most); }

 private:
  static constexpr std::uint64_t enough = 64 * 1024;    // bytes
  static constexpr std::uint64_t memory = 1024 * 1024;  // bytes: 5 % are then known to within 1 %

  std::uint64_t sent_ = 0, lost_ = 0;
};

}  // namespace dgram
