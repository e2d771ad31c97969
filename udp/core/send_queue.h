// SPDX-License-Identifier: MIT
// Whose turn is it? What waits to be sent for the first time, by channel: the higher priority first, and
// equal ones share bytes fairly (start-time fair queueing: Goyal, Vin, Cheng, SIGCOMM 1996). Knows slots and
// sizes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "udp/core/ids.h"
#include "udp/core/ring_queue.h"

namespace dgram {

class send_queue {
 public:
  using slot = std::uint32_t;
  // Replies have a queue of their own, beside those of the 256 channels.
  static constexpr std::uint16_t replies = 0;
  static constexpr std::uint16_t of(channel_id channel) {
    return static_cast<std::uint16_t>(channel.value + 1);
  }

  void push(std::uint16_t queue, std::uint8_t priority, slot);
  // Whose turn it is; it stays first until popped.
  std::optional<slot> front() const;
  // The front sent so many bytes, and is through with it or not.
  void served(std::size_t bytes, bool finished);
  // The front has nothing to send after all.
  void drop_front() { served(0, true); }
  // A front that must wait (no credit) steps aside until `resume`; other queues go on.
  void park_front();
  void resume();
  bool parked() const { return parked_ > 0; }

 private:
  struct queue {
    ring_queue<slot> waiting;
    std::uint64_t served = 0;  // virtual time until which it had its share
    std::uint8_t priority = 0;
    bool parked = false;
  };
  void choose();

  std::vector<queue> queues_;          // by number, as far as used
  std::vector<std::uint16_t> active_;  // those that hold something
  std::optional<std::uint16_t> front_;
  std::uint64_t virtual_time_ = 0;
  std::size_t parked_ = 0;
};

}  // namespace dgram
