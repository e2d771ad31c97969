// SPDX-License-Identifier: MIT
#include "udp/core/send_queue.h"

#include <algorithm>

namespace dgram {

void send_queue::push(std::uint16_t number, std::uint8_t priority, slot s) {
  if (queues_.size() <= number) queues_.resize(number + std::size_t{1});
  queue& q = queues_[number];
  if (q.waiting.empty()) {
    // Whoever comes anew begins now: what it did not use is not saved up.
    q.served = std::max(q.served, virtual_time_);
    active_.push_back(number);
  }
  q.priority = priority;
  q.waiting.push(s);
  choose();
}

std::optional<send_queue::slot> send_queue::front() const {
  return front_ ? std::optional(queues_[*front_].waiting.front()) : std::nullopt;
}

void send_queue::served(std::size_t bytes, bool finished) {
  queue& q = queues_[*front_];
  virtual_time_ = std::max(virtual_time_, q.served);
  q.served += bytes;
  if (finished) q.waiting.pop();
  if (q.waiting.empty()) std::erase(active_, *front_);
  choose();
}

void send_queue::park_front() {
  queues_[*front_].parked = true;
  ++parked_;
  choose();
}

void send_queue::resume() {
  if (parked_ == 0) return;
  for (queue& q : queues_) q.parked = false;
  parked_ = 0;
  choose();
}

void send_queue::choose() {
  front_.reset();
  for (const std::uint16_t n : active_) {
    const queue& q = queues_[n];
    if (q.parked) continue;
    if (!front_ || q.priority > queues_[*front_].priority ||
        (q.priority == queues_[*front_].priority && q.served < queues_[*front_].served)) {
      front_ = n;
    }
  }
}

}  // namespace dgram
