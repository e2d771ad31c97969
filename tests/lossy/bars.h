// SPDX-License-Identifier: MIT
// How late messages may be on a link that loses, from the timers of the protocol and the schedule of the
// course, for each transport. Derived, not measured: see bars.cc.
#pragma once

#include "tests/lossy/course.h"
#include "tests/lossy/ends.h"

namespace dgram::test {

// Of one direction: the share of packets that is lost, of those behind one that got through, and of those
// behind one that was lost. All the same when losses are independent.
struct loss_rate {
  double any = 0;
  double after_good = 0;
  double after_loss = 0;
};
constexpr loss_rate independent(double share) {
  return {share, share, share};
}
// Runs of that mean length, between packets that get through: Gilbert's two states.
constexpr loss_rate in_bursts(double share, double mean_length) {
  return {share, share / (1 - share) / mean_length, 1 - 1 / mean_length};
}

// Within which 99 % must be there. Of the client's messages with a deadline of 60 s.
struct bars {
  duration reliable;  // arrival of those of the stream
  duration ordered;   // the same, each behind the earlier ones of its channel
  duration answer;    // to the stream's requests
  duration single;    // answer to a request that is alone on the link
};

bars bars_of(const course&, transport, loss_rate forth, loss_rate back);

// From the moment a link works again to the arrival of whatever was sent before.
duration recovery_after_silence(transport, duration round_trip);

}  // namespace dgram::test
