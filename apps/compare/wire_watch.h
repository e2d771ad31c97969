// SPDX-License-Identifier: MIT
// What crossed the link, written down while it does, and put into a run at the end. Knows only the path.
#pragma once

#include <array>
#include <cstddef>
#include <utility>
#include <vector>

#include "apps/compare/comparison.h"
#include "apps/compare/stall_watch.h"
#include "apps/impairment/impaired_path.h"

namespace dgram::app::compare {

class wire_watch {
 public:
  // The path must outlive this; it is watched from now on.
  explicit wire_watch(impaired_path&);

  // Times count from `start`; standstills that others noted are put beside the link's own.
  void fill_in(run&, time_point start, const std::vector<standstill>& = {}) const;

 private:
  impaired_path& path_;
  std::array<std::size_t, 2> largest_{};
  std::vector<std::pair<time_point, side>> losses_;
  std::vector<standstill> late_;  // when the link itself came late
};

}  // namespace dgram::app::compare
