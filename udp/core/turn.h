// SPDX-License-Identifier: MIT
// What one wake-up hands down with each call: the frozen clock, and where events and traces go.
#pragma once

#include "udp/core/event.h"
#include "udp/core/ring_queue.h"
#include "udp/core/time.h"
#include "udp/core/trace.h"

namespace dgram {

struct turn {
  time_point now;
  ring_queue<event>& events;
  const trace_sink& trace;
};

}  // namespace dgram
