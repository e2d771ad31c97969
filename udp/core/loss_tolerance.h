// SPDX-License-Identifier: MIT
// How late may an acknowledgement be before its packet counts as lost? As late as it lately was without
// being lost: limits widen when packets overtake one another or a loss proves spurious (RFC 8985 section 6.2
// does so for TCP), and narrow again. Knows distances and durations; which packets are lost is the flight's
// question.
#pragma once

#include <cstdint>

#include "udp/core/rtt_estimator.h"
#include "udp/core/time.h"

namespace dgram {

struct loss_limits {
  std::uint64_t packets = 3;   // numbers by which a later packet may be ahead
  duration late{0};            // since it was sent, once a later one was acknowledged
  duration overdue{0};         // since it was sent, while none was
  duration overdue_prompt{0};  // the same for one that asked for an acknowledgement at once
};

class loss_tolerance {
 public:
  // A packet was first acknowledged after one sent `packets` later had been, by an acknowledgement that came
  // `lateness` after that one's and `round_trip` after the packet left.
  void overtaken(std::uint64_t packets, duration lateness, time_point now, duration round_trip = duration{0});
  // So many packets were acknowledged for the first time, and so many counted as lost since the last call,
  // less those that were not after all.
  void settled(std::uint64_t delivered, std::int64_t lost, time_point now);
  // Whether the packet of the next `spurious` was late because its path was slow; else an acknowledgement
  // was lost or packets overtook one another, and a wider margin would not help.
  void slow_path(bool slow) { slow_path_ = slow; }
  // A packet that counted as lost was acknowledged after all.
  void spurious(time_point now, duration round_trip_of_it);

  loss_limits limits(const rtt_estimator&, time_point now) const;
  // Most packets by which one was ever overtaken: for statistics.
  std::uint64_t deepest() const { return deepest_; }

 private:
  // Reordering is a property of the path and lasts: where it is frequent, a window of 5 to 10 s is never
  // without it; where it has stopped, repairs come a few milliseconds late until it is forgotten.
  static constexpr duration memory = std::chrono::seconds(5);

  struct history {
    std::uint64_t packets = 0;  // the most by which one was overtaken
    duration lateness{0}, round_trip{0};
    std::uint64_t overtaken = 0, delivered = 0;
    std::int64_t lost = 0;
  };
  void turn_page(time_point now);
  history recent(time_point now) const;
  std::uint32_t widened(time_point now) const;

  // Of the `memory` before since_from_, and from then on.
  history before_, since_;
  time_point since_from_{};
  std::uint64_t deepest_ = 0;
  bool slow_path_ = true;
  std::uint32_t widened_ = 0;  // times that the margin was widened
  time_point widened_at_{};
  duration round_trip_{0};  // when it was
};

}  // namespace dgram
