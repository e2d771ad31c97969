// SPDX-License-Identifier: MIT
// How many lines about peers are shown: so many in a second, of which one peer gets three quarters at most,
// so that whoever floods hides nobody else. The rest is counted, to be told when the second is over.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <unordered_map>

#include "apps/server/service.h"
#include "udp/core/time.h"

namespace dgram::app {

class line_allowance {
 public:
  explicit line_allowance(std::size_t per_second) : most_(per_second), most_of_one_(per_second * 3 / 4) {}

  bool take(client_id of, time_point now);
  // When there is something to tell of what was left out.
  std::optional<time_point> next_due() const;
  // What was left out in a second that is over, once.
  std::uint64_t take_left_out(time_point now);

 private:
  std::size_t most_;
  std::size_t most_of_one_;
  time_point until_{};
  std::size_t shown_ = 0;
  std::unordered_map<std::uint64_t, std::size_t> shown_of_;
  std::uint64_t left_out_ = 0;
};

}  // namespace dgram::app
