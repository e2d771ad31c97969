// SPDX-License-Identifier: MIT
// How fast does the path deliver? One sample per acknowledgement, from what each packet noted when it left
// (draft-cheng-iccrg-delivery-rate-estimation-02). Knows bytes and times.
#pragma once

#include <cstdint>
#include <optional>

#include "udp/core/time.h"

namespace dgram {

// Exact while the product fits; `interval` counts as at least 1 ns.
std::uint64_t bytes_per_second(std::uint64_t bytes, duration interval);

// What a packet remembers of the moment it left.
struct delivery_snapshot {
  std::uint64_t delivered = 0;  // bytes delivered until then
  time_point delivered_at{};    // when the newest of them was
  time_point first_sent_at{};   // when the packet was sent whose delivery that was
  bool application_limited = false;
};

struct rate_sample {
  std::uint64_t bytes_per_second = 0;
  std::uint64_t delivered = 0;         // bytes in it
  std::uint64_t delivered_before = 0;  // the newest packet's snapshot: tells rounds apart
  duration interval{0};
  bool application_limited = false;
};

class delivery_rate {
 public:
  // Call for each packet that asks for an acknowledgement, when it leaves; `in_flight`: bytes before it.
  delivery_snapshot sent(time_point now, std::uint64_t in_flight);
  // Nothing more to send although there was room: samples until this is delivered say less than the path can.
  void application_limited(std::uint64_t in_flight);

  // One acknowledgement: begin, each packet it acknowledges, then the sample, if it is worth one.
  void begin();
  void delivered(time_point sent, const delivery_snapshot&, std::uint32_t bytes, time_point now);
  std::optional<rate_sample> sample(duration least_round_trip) const;

  std::uint64_t total_delivered() const { return delivered_; }

 private:
  std::uint64_t delivered_ = 0;
  time_point delivered_at_{};
  time_point first_sent_at_{};
  std::uint64_t limited_until_ = 0;  // delivered_ at which the limited packets are through; 0: none
  // Of the acknowledgement under way.
  delivery_snapshot newest_{};
  time_point newest_sent_{};
  bool any_ = false;
};

}  // namespace dgram
