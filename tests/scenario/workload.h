// SPDX-License-Identifier: MIT
// The dice of a random run: what is sent next, when, and between what sort of ends. Knows no hosts.
#pragma once

#include <cstdint>
#include <optional>

#include "udp/core/message.h"
#include "udp/core/options.h"
#include "udp/core/time.h"
#include "udp/sim/random.h"

namespace dgram::test {

class workload {
 public:
  // No message is larger than `largest`.
  workload(std::uint64_t seed, std::uint32_t largest) : dice_(seed), largest_(largest) {}

  struct message {
    send_options options;
    std::uint32_t size = 0;
  };
  // Messages shorter than `least_for_reply` do not want one.
  message next_message(std::uint32_t least_for_reply);
  // How many leave at the same moment.
  std::uint32_t burst();
  // Until the next burst: mostly short, sometimes longer than a session lives, now and then a steady stream.
  duration gap();
  // How long nobody looks after all is over.
  duration quiet();
  // How long the program takes to reply; nullopt when it never does.
  std::optional<duration> reply_delay();

  // Ends differ in their limits, links in their length. From now on no message is larger than half the room
  // that this one has.
  switchboard_options board();
  duration link_delay();
  // Bytes per second of a narrow link, and what waits for it at most.
  double rate();
  std::size_t queue_bytes();

  std::uint32_t largest() const { return largest_; }

  sim::random_stream& dice() { return dice_; }

 private:
  std::uint32_t size();
  dgram::redundancy redundancy();
  duration deadline();
  duration milliseconds(std::uint32_t least, std::uint32_t most);

  sim::random_stream dice_;
  std::uint32_t largest_;
  std::uint32_t stream_left_ = 0;
  duration stream_gap_{0};
};

}  // namespace dgram::test
