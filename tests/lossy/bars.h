// SPDX-License-Identifier: MIT
// How late messages may be on a link that loses, from the timers of the protocol and the schedule of the
// course, for each transport. Derived, not measured: see bars.cc.
#pragma once

#include "tests/lossy/course.h"
#include "tests/lossy/ends.h"

namespace dgram::test {

// Of one direction: the share of packets that is lost, and the share of those behind a lost one (equal when
// losses are independent, 1 - 1/mean burst when they come in bursts).
struct loss_rate {
  double any = 0;
  double again = 0;
};
constexpr loss_rate independent(double share) {
  return {share, share};
}
constexpr loss_rate in_bursts(double share, double mean_length) {
  return {share, 1 - 1 / mean_length};
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
