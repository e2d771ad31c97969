// SPDX-License-Identifier: MIT
// How lossy is the path, and do losses come in bursts? Counters that forget, fed by the outcomes of packets
// as they become known. Knows packet numbers; what to do about it is somebody else's question.
#pragma once

#include <cstdint>

#include "udp/core/ids.h"

namespace dgram {

class loss_meter {
 public:
  // The most that copies_for answers.
  static constexpr unsigned most_copies = 16;

  void delivered(packet_number);
  void lost(packet_number);
  void spurious(packet_number);  // takes back a lost()
  // Starts from what an earlier session to the same destination saw.
  void remember(const loss_meter& earlier);

  // Of the last several hundred packets, 0..1.
  double rate() const { return lost_ / packets_; }
  // Probability that a packet is lost given that the one before it was.
  double run_rate() const;
  // Loss is being seen: one in 500 or more. Below that copies cost more than they save.
  bool seen_lately() const { return rate() >= 0.002; }
  // How many further copies of a message, each in the packet after, make its loss rarer than `target`.
  unsigned copies_for(double target) const;

 private:
  void count(double lost);
  int lost_beside(std::uint64_t n) const;

  // Before anything is known: 1 % of 128 packets. So the first messages are safe, and a path that loses none
  // is taken for clean some 350 packets later.
  double packets_ = 128, lost_ = 1.28;
  double losses_ = 0, runs_ = 0;  // losses lately, and those right after another
  std::uint64_t newest_ = 0;      // the newest number lost
  std::uint64_t recent_ = 0;      // bit i: newest_ - i was lost
};

}  // namespace dgram
