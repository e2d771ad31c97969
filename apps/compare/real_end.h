// SPDX-License-Identifier: MIT
// One end of a contender over real sockets, in a thread of its own, and what the ends of a run share. Knows
// neither the link nor the namespaces: its thread is put there by others.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "apps/cli/latency_histogram.h"
#include "apps/compare/arrival_log.h"
#include "apps/compare/contenders.h"
#include "apps/compare/plan.h"
#include "udp/core/address.h"
#include "udp/net/clock.h"

namespace dgram::app::compare {

class shared_run {
 public:
  shared_run(const plan& p, std::vector<planned_message> s)
      : work(p), schedule(std::move(s)), arrivals(schedule.size()) {}

  // When nothing of the sender was there yet. Set once, before anything is sent.
  void start() { start_ = read_clock().time_since_epoch().count(); }
  time_point started() const { return time_point(duration(start_.load())); }
  duration elapsed() const { return read_clock() - started(); }

  bool bulk() const { return work.work == workload::bulk; }
  bool waits_for_outcomes() const { return work.waits_for_outcomes(); }
  // Messages that arrive when nothing is lost; fewer than planned when sending ended before the last one.
  std::size_t expected() const { return sent_all ? sent.load() : schedule.size(); }
  bool with_reply() const { return work.work == workload::request; }

  const plan& work;
  const std::vector<planned_message> schedule;
  // Written by the receiver's thread, of requests by the sender's.
  arrival_log arrivals;
  // Everything left, or the time for it is over.
  std::atomic<bool> sent_all{false};
  std::atomic<std::size_t> sent{0};
  // Messages of which the sender will hear no more.
  std::atomic<std::size_t> settled{0};
  // The sender's own; to be read when it has ended.
  std::vector<duration> intended;
  latency_histogram send_lateness;

 private:
  std::atomic<duration::rep> start_{0};
};

class real_end {
 public:
  virtual ~real_end() = default;
  // Until stop() is called, from whichever thread.
  virtual void run() = 0;
  virtual void stop() = 0;

  // To be asked when run() has ended.
  virtual std::uint64_t retransmissions() const = 0;
  // Of those, the copies that redundancy sent before anybody knew of a loss.
  virtual std::uint64_t rides() const { return 0; }
  // Whether threads of its own, beyond the one that calls run(), do some of the work.
  virtual bool has_threads() const { return false; }
};

// In the calling thread's network namespace. Throw std::system_error.
std::unique_ptr<real_end> make_receiver(const entrant&, shared_run&, const address& here);
std::unique_ptr<real_end> make_sender(const entrant&, shared_run&, const address& server);

}  // namespace dgram::app::compare
