// SPDX-License-Identifier: MIT
// Notices when this machine stands still, as virtual ones do for tens of milliseconds now and then: threads
// that sleep and note when they woke late. Knows nothing of what else runs. POSIX.
#pragma once

#include <atomic>
#include <cstddef>
#include <thread>
#include <utility>
#include <vector>

#include "udp/core/time.h"

namespace dgram::app::compare {

// When it should have gone on, and when it did.
using standstill = std::pair<time_point, time_point>;

// More than a timer's and a scheduler's ordinary rounding.
inline constexpr duration noticed_standstill = std::chrono::milliseconds(5);
// Of one watcher at most; what comes later is not noted.
inline constexpr std::size_t most_standstills = 10'000;

class stall_watch {
 public:
  // One thread on each processor, of the first few: a hypervisor may take away one and leave the others. They
  // have the calling thread's precedence.
  stall_watch();
  ~stall_watch() { stop(); }

  void stop();
  // After stop().
  const std::vector<standstill>& seen() const { return seen_; }
  // What watching took.
  duration cpu() const { return cpu_; }

 private:
  struct watcher {
    std::vector<standstill> seen{};
    duration cpu{0};
    std::thread thread{};
  };
  void watch(std::size_t processor, watcher&) const;

  std::atomic<bool> stopped_{false};
  std::vector<watcher> watchers_;
  std::vector<standstill> seen_;
  duration cpu_{0};
};

}  // namespace dgram::app::compare
