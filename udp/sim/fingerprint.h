// SPDX-License-Identifier: MIT
// A running hash of an ordered trace: two runs of the same seed must end with the same value.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>

#include "udp/core/time.h"

namespace dgram::sim {

class fingerprint {
 public:
  // FNV-1a's structure, eight bytes at a time, because whole datagrams are hashed.
  void add(std::uint64_t word) {
    value_ = (value_ ^ word) * 0x100000001b3;
    value_ ^= value_ >> 32;
  }
  void add(time_point when) { add(static_cast<std::uint64_t>(when.time_since_epoch().count())); }
  void add(std::span<const std::byte> bytes) {
    add(bytes.size());
    for (; bytes.size() >= 8; bytes = bytes.subspan(8)) add(first_word(bytes, 8));
    if (!bytes.empty()) add(first_word(bytes, bytes.size()));
  }
  std::uint64_t value() const { return value_; }

 private:
  static std::uint64_t first_word(std::span<const std::byte> bytes, std::size_t count) {
    std::uint64_t word = 0;
    std::memcpy(&word, bytes.data(), count);
    return word;
  }

  std::uint64_t value_ = 0xcbf29ce484222325;
};

}  // namespace dgram::sim
