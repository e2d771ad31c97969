// SPDX-License-Identifier: MIT
// What a receiving program saw: when each message came, what came twice, what came late. Written by one
// thread; only how many came may be asked for by others meanwhile.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "apps/compare/comparison.h"
#include "apps/compare/plan.h"

namespace dgram::app::compare {

class arrival_log {
 public:
  explicit arrival_log(std::size_t messages) : when_(messages) {}

  // `when` counts from the start of the run. Numbers that were never sent are passed over.
  void record(std::uint64_t number, duration when);

  std::size_t arrived() const { return arrived_.load(std::memory_order_relaxed); }
  std::size_t expected() const { return when_.size(); }
  std::optional<duration> when(std::size_t number) const { return when_[number]; }
  std::optional<duration> first() const { return first_; }
  duration last() const { return last_; }
  std::uint64_t duplicates() const { return duplicates_; }
  std::uint64_t reordered() const { return reordered_; }

 private:
  std::vector<std::optional<duration>> when_;
  std::atomic<std::size_t> arrived_{0};
  std::optional<duration> first_;
  duration last_{0};
  std::uint64_t next_ = 0;  // above every number that came
  std::uint64_t duplicates_ = 0;
  std::uint64_t reordered_ = 0;
};

// `intended` by number; a message without one never left, and counts as not arrived. `end`: when waiting
// ended.
void fill_in(run&, const plan&, const std::vector<planned_message>&, std::span<const duration> intended,
             const arrival_log&, duration end);

}  // namespace dgram::app::compare
