// SPDX-License-Identifier: MIT
// What a link decided about one packet, in full: enough to meet the same fate again in another run.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "udp/core/time.h"

namespace dgram::sim {

enum class fate : std::uint8_t {
  carried,
  lost,      // by the draw, or by a list
  outage,    // offered while the link was out
  overflow,  // found the queue full
  too_big,   // larger than the MTU
};
std::string_view to_string(fate);

struct packet_fate {
  std::uint64_t index = 0;  // in its direction, from 0
  std::size_t size = 0;     // bytes
  sim::fate fate = fate::carried;
  duration delay{0};               // carried: from the push to its departure, queueing included
  std::optional<duration> copy{};  // the same of a second copy
  bool held_back = false;          // for others to overtake it
  std::uint32_t passed_by = 0;     // held back until so many have: `delay` is then without that wait
  bool overtakes = false;          // leaves before one that came earlier and was not held back
  std::vector<std::uint32_t> flipped_bits{};       // of the original
  std::vector<std::uint32_t> copy_flipped_bits{};  // of the copy

  // As above for another packet; buffers are kept.
  void start(std::uint64_t new_index, std::size_t new_size) {
    index = new_index;
    size = new_size;
    fate = sim::fate::carried;
    delay = duration{0};
    copy.reset();
    held_back = overtakes = false;
    passed_by = 0;
    flipped_bits.clear();
    copy_flipped_bits.clear();
  }

  bool operator==(const packet_fate&) const = default;
};

}  // namespace dgram::sim
