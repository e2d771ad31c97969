// SPDX-License-Identifier: MIT
// SplitMix64 (Steele, Lea, Flood 2014): small, seeded, good enough for jitter and for hashing numbers that a
// stranger chose. Not for secrets.
#pragma once

#include <cstdint>

namespace dgram {

// The next number; advances `state`.
constexpr std::uint64_t splitmix64(std::uint64_t& state) {
  state += 0x9e3779b97f4a7c15;
  std::uint64_t z = state;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
  z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
  return z ^ (z >> 31);
}

}  // namespace dgram
