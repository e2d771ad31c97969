// SPDX-License-Identifier: MIT
// What a session learned of its path, for the next one to the same destination.
#pragma once

#include "udp/core/loss_meter.h"
#include "udp/core/rtt_estimator.h"

namespace dgram {

struct path_record {
  rtt_estimator rtt;
  loss_meter losses;
};

}  // namespace dgram
