// SPDX-License-Identifier: MIT
// One point of a comparison before it is measured: the link, the work, and who takes part.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "apps/compare/contenders.h"
#include "apps/compare/plan.h"
#include "apps/impairment/impairment.h"

namespace dgram::app::compare {

struct setting {
  std::vector<std::pair<std::string, std::string>> swept;  // {"loss", "5%"}
  plan work;
  impairment link;
};

struct lineup {
  std::vector<entrant> entrants;
  std::uint32_t repetitions = 5;
  std::uint64_t seed = 0;
};

// The seed of a repetition, for every contender the same. Short enough to be typed, so that one run can be
// looked at with other tools.
std::uint64_t seed_of(const lineup&, std::uint32_t repetition);
// In which order the contenders of a repetition run: shuffled, so that what the machine does by the hour or
// the second befalls all of them alike.
std::vector<std::size_t> order_of(const lineup&, std::uint32_t repetition);

}  // namespace dgram::app::compare
