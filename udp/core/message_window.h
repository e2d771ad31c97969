// SPDX-License-Identifier: MIT
// Have I seen this message? A window of message ids, so that a message that comes again in another packet is
// not delivered again.
#pragma once

#include <cstdint>

#include "udp/core/bit_ring.h"
#include "udp/core/ids.h"
#include "udp/core/wire.h"

namespace dgram {

class message_window {
 public:
  // A sender keeps its unacknowledged messages and fragments within this many ids, so that one below the
  // window was either seen or given up. The id of a message in fragments counts until one fragment is
  // acknowledged.
  static constexpr std::uint64_t size = 4096;

  message_id restore(std::uint16_t truncated) const {
    return {unwrap<wire::message_id_bits>(truncated, seen_.end())};
  }
  // For the 32 bits by which fragments name their message: it may have begun long ago.
  message_id restore_long(std::uint32_t truncated) const { return {unwrap<32>(truncated, seen_.end())}; }

  // 0 before any.
  message_id newest() const { return {seen_.end() - (seen_.end() > 0 ? 1U : 0U)}; }

  bool seen(message_id id) const {
    return id.value < seen_.end() && (seen_.below(id.value) || seen_.has(id.value));
  }

  // True once for every id: the first time it is asked for.
  bool first_time(message_id id) {
    if (seen(id)) return false;
    seen_.set(id.value);
    return true;
  }

 private:
  bit_ring<size> seen_;
};

}  // namespace dgram
