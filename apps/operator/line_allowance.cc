// SPDX-License-Identifier: MIT
#include "apps/operator/line_allowance.h"

#include <utility>

namespace dgram::app {

bool line_allowance::take(client_id of, time_point now) {
  // While something is left to tell the second goes on: its line comes before the next ones.
  if (now >= until_ && left_out_ == 0) {
    until_ = now + std::chrono::seconds(1);
    shown_ = 0;
    shown_of_.clear();
  }
  if (shown_ < most_) {
    std::size_t& its = shown_of_[of.value];
    if (its < most_of_one_) {
      ++its;
      ++shown_;
      return true;
    }
  }
  ++left_out_;
  return false;
}

std::optional<time_point> line_allowance::next_due() const {
  if (left_out_ == 0) return std::nullopt;
  return until_;
}

std::uint64_t line_allowance::take_left_out(time_point now) {
  return now < until_ ? 0 : std::exchange(left_out_, 0);
}

}  // namespace dgram::app
