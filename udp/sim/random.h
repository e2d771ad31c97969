// SPDX-License-Identifier: MIT
// Seeded randomness for links, hosts and tests. Everything here is a function of the seed, so whatever
// happened once can be made to happen again.
#pragma once

#include <cstdint>

namespace dgram::sim {

// The increment and finalizer of SplitMix64 (Steele, Lea, Flood, OOPSLA 2014): a bijection of 64 bits in
// which every input bit changes every output bit with probability close to one half.
inline constexpr std::uint64_t golden_gamma = 0x9e3779b97f4a7c15;

constexpr std::uint64_t mix(std::uint64_t z) {
  z += golden_gamma;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
  z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
  return z ^ (z >> 31);
}

// In [0, 1), with the 53 bits that a double holds.
constexpr double unit_interval(std::uint64_t bits) {
  return static_cast<double>(bits >> 11) * 0x1p-53;
}

// In [0, count); count > 0. The bias of the multiplication is count / 2^32: less than any test can see.
constexpr std::uint32_t below(std::uint64_t bits, std::uint32_t count) {
  return static_cast<std::uint32_t>(((bits >> 32) * count) >> 32);
}

// SplitMix64 as a sequence, for whoever needs one number after another.
class random_stream {
 public:
  explicit constexpr random_stream(std::uint64_t seed) : state_(mix(seed)) {}

  constexpr std::uint64_t operator()() {
    const std::uint64_t bits = mix(state_);
    state_ += golden_gamma;
    return bits;
  }
  constexpr bool chance(double probability) { return unit_interval((*this)()) < probability; }
  constexpr std::uint32_t below(std::uint32_t count) { return sim::below((*this)(), count); }
  // In [least, most].
  constexpr std::uint32_t between(std::uint32_t least, std::uint32_t most) {
    return least + below(most - least + 1);
  }

 private:
  std::uint64_t state_;
};

}  // namespace dgram::sim
