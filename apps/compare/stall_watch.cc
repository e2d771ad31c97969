// SPDX-License-Identifier: MIT
#include "apps/compare/stall_watch.h"

#include <algorithm>

#include "apps/compare/thread_cpu.h"
#include "udp/net/clock.h"

#if defined(__linux__)
#include <pthread.h>
#include <sched.h>
#endif

namespace dgram::app::compare {
namespace {

constexpr duration nap = std::chrono::milliseconds(1);
constexpr std::size_t most_watchers = 4;

void stay_on([[maybe_unused]] std::size_t processor) {
#if defined(__linux__)
  cpu_set_t only;
  CPU_ZERO(&only);
  CPU_SET(processor, &only);
  // Where that is not allowed the thread runs anywhere, and sees less.
  ::pthread_setaffinity_np(::pthread_self(), sizeof only, &only);
#endif
}

}  // namespace

stall_watch::stall_watch()
    : watchers_(std::clamp<std::size_t>(std::thread::hardware_concurrency(), 1, most_watchers)) {
  for (std::size_t i = 0; i < watchers_.size(); ++i) {
    watchers_[i].thread = std::thread([this, i] { watch(i, watchers_[i]); });
  }
}

void stall_watch::stop() {
  stopped_ = true;
  for (watcher& w : watchers_) {
    if (!w.thread.joinable()) continue;
    w.thread.join();
    cpu_ += w.cpu;
    seen_.insert(seen_.end(), w.seen.begin(), w.seen.end());
  }
}

void stall_watch::watch(std::size_t processor, watcher& w) const {
  stay_on(processor);
  while (!stopped_) {
    const time_point due = read_clock() + nap;
    std::this_thread::sleep_until(due);
    const time_point woke = read_clock();
    if (woke - due > noticed_standstill && w.seen.size() < most_standstills) w.seen.emplace_back(due, woke);
  }
  w.cpu = cpu_time(CLOCK_THREAD_CPUTIME_ID);
}

}  // namespace dgram::app::compare
