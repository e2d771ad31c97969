// SPDX-License-Identifier: MIT
// What was the peer told of our room for its messages, and must it be told again? Told when it changed by
// half, and again until that was acknowledged. Knows numbers only.
#pragma once

#include <algorithm>
#include <cstdint>

namespace dgram {

// What a sender assumes before it was told anything.
inline constexpr std::uint32_t initial_credit = 64 * 1024;

class credit_grant {
 public:
  // Room as it is told: nobody needs to know more than this.
  static std::uint32_t of(std::size_t room) {
    return static_cast<std::uint32_t>(std::min<std::size_t>(room, 0xffffffff));
  }

  // `introducing`: the datagram introduces this end anyway, so it says this too.
  bool due(std::uint32_t room, bool introducing) const {
    if (introducing || again_) return true;
    return (room < told_ && told_ - room > told_ / 2) || room / 2 > told_ || (told_ == 0 && room > 0);
  }
  void told(std::uint32_t room) {
    told_ = room;
    again_ = false;
  }
  void lost() { again_ = true; }

 private:
  std::uint32_t told_ = initial_credit;
  bool again_ = false;
};

}  // namespace dgram
