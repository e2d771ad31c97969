// SPDX-License-Identifier: MIT
#include "udp/net/entropy.h"

#include <array>
#include <cstdint>
#include <random>
#include <utility>

#if defined(__linux__)
#include <sys/random.h>
#endif

namespace dgram {

namespace {

class entropy_pool {
 public:
  std::uint64_t operator()() {
    if (next_ == pool_.size()) refill();
    return std::exchange(pool_[next_++], 0);
  }

 private:
  void refill() {
    next_ = 0;
#if defined(__linux__)
    // Up to 256 bytes are never cut short once the kernel's generator is ready (getrandom(2)).
    if (::getrandom(pool_.data(), sizeof pool_, 0) == static_cast<ssize_t>(sizeof pool_)) return;
#endif
    std::random_device device;
    for (auto& word : pool_) word = std::uint64_t{device()} << 32 | device();
  }

  std::array<std::uint64_t, 32> pool_{};
  std::size_t next_ = pool_.size();
};

}  // namespace

random_source system_entropy() {
  return entropy_pool();
}

}  // namespace dgram
