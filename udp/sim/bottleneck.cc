// SPDX-License-Identifier: MIT
#include "udp/sim/bottleneck.h"

#include <algorithm>
#include <cmath>

namespace dgram::sim {
namespace {

// Of one opportunity in a mahimahi trace: one packet of the largest Ethernet size.
constexpr std::size_t opportunity_bytes = 1500;
// Below it a full queue would last for centuries, which no time_point holds.
constexpr double least_rate = 1;

}  // namespace

std::optional<time_point> bottleneck::pass(const link_options& options, std::size_t size, time_point now,
                                           std::uint64_t name) {
  let_go(now);
  const bool traced =
      options.delivery_trace && !options.delivery_trace->empty() && options.delivery_trace->back() > 0;
  if (!traced && options.rate <= 0) {
    // A bottleneck that was taken away still lets its queue out in order.
    free_at_ = std::max(free_at_, now);
    return free_at_;
  }
  if (!room(options.queue, size)) return std::nullopt;
  const std::optional<time_point> gone = traced ? by_trace(options, size, now) : at_rate(options, size, now);
  if (!gone) return std::nullopt;
  if (!traced) trace_.reset();
  free_at_ = *gone;
  waiting_.push({*gone, size, now, name});
  bytes_ += size;
  return gone;
}

// Whoever is in it came before now, so each begins when the one before it is gone: what is left of each at
// the old rate takes from_rate / to_rate times as long.
std::vector<bottleneck::rescheduled> bottleneck::reschedule(double from_rate, double to_rate,
                                                            time_point now) {
  let_go(now);
  std::vector<rescheduled> all;
  if (trace_ || waiting_.empty()) return all;
  time_point old_end = now;
  free_at_ = now;
  for (std::size_t i = waiting_.size(); i > 0; --i) {
    waiting w = waiting_.pop();
    const double left = static_cast<double>((w.gone - old_end).count());
    const double takes = std::ceil(left * std::max(from_rate, least_rate) / std::max(to_rate, least_rate));
    free_at_ += duration(static_cast<duration::rep>(takes));
    old_end = w.gone;
    all.push_back({w.name, free_at_ - w.gone, free_at_ - w.came});
    w.gone = free_at_;
    waiting_.push(w);
  }
  return all;
}

void bottleneck::let_go(time_point now) {
  while (!waiting_.empty() && waiting_.front().gone <= now) {
    bytes_ -= waiting_.pop().size;
  }
}

bool bottleneck::room(const queue_limit& limit, std::size_t size) const {
  if (!limit.packets && !limit.bytes && !limit.time) return waiting_.size() < queue_limit::default_packets;
  return (!limit.packets || waiting_.size() < *limit.packets) &&
         (!limit.bytes || bytes_ + size <= *limit.bytes);
}

std::optional<time_point> bottleneck::at_rate(const link_options& options, std::size_t size, time_point now) {
  const time_point begin = std::max(free_at_, now);
  if (options.queue.time && begin - now > *options.queue.time) return std::nullopt;
  const double ns = std::ceil(static_cast<double>(size) * 1e9 / std::max(options.rate, least_rate));
  return begin + duration(static_cast<duration::rep>(ns));
}

std::optional<time_point> bottleneck::by_trace(const link_options& options, std::size_t size,
                                               time_point now) {
  const std::vector<std::uint32_t>& trace = *options.delivery_trace;
  // What is left of an opportunity is wasted once the queue is empty.
  const bool goes_on = !waiting_.empty() && trace_ == options.delivery_trace;
  cursor at = goes_on ? cursor_ : first_after(trace, std::max(now, free_at_));
  size = std::max<std::size_t>(size, 1);  // an empty packet needs an opportunity too
  while (size > at.left) {
    size -= at.left;
    take_next(trace, at);
  }
  at.left -= size;
  if (options.queue.time && at.at - now > *options.queue.time) return std::nullopt;
  cursor_ = at;
  if (!goes_on) trace_ = options.delivery_trace;
  return at.at;
}

// An opportunity of this very moment has gone by.
bottleneck::cursor bottleneck::first_after(const std::vector<std::uint32_t>& trace, time_point now) const {
  const duration period = std::chrono::milliseconds(trace.back());
  const duration since = now - start_;
  cursor at;
  at.round = start_ + since / period * period;
  const auto passed = std::chrono::floor<std::chrono::milliseconds>(now - at.round).count();
  at.next = static_cast<std::size_t>(
      std::upper_bound(trace.begin(), trace.end(), static_cast<std::uint32_t>(passed)) - trace.begin());
  return at;
}

void bottleneck::take_next(const std::vector<std::uint32_t>& trace, cursor& at) {
  if (at.next >= trace.size()) {
    at.round += std::chrono::milliseconds(trace.back());
    at.next = 0;
  }
  at.at = at.round + std::chrono::milliseconds(trace[at.next]);
  ++at.next;
  at.left = opportunity_bytes;
}

}  // namespace dgram::sim
