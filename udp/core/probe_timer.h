// SPDX-License-Identifier: MIT
// When to ask again while nothing is heard? The probe timeout with back-off and jitter. Knows durations only.
#pragma once

#include <cstdint>

#include "udp/core/rtt_estimator.h"
#include "udp/core/time.h"

namespace dgram {

class probe_timer {
 public:
  explicit probe_timer(std::uint64_t seed) : random_(seed) { draw_jitter(); }

  // From the newest packet in flight to the next probe.
  duration interval(const rtt_estimator&) const;
  // A probe leaves: wait longer next time.
  void fired();
  // Something new was acknowledged: begin again.
  void progress();

 private:
  void draw_jitter();

  std::uint64_t random_;
  std::uint32_t fired_ = 0;
  std::int32_t jitter_per_mille_ = 0;
};

}  // namespace dgram
