// SPDX-License-Identifier: MIT
// Comparisons nobody measured: one that looks like a real one, and random ones.
#pragma once

#include <random>

#include "apps/compare/comparison.h"

namespace dgram::test {

// Four contenders over lossy links of 20 ms each way, with the tails, stalls and gaps such contenders have:
// `points` settings of the link, 3 repetitions of 300 messages. The same seed makes the same one.
app::compare::comparison made_comparison(std::uint64_t seed, std::size_t points = 1);

// Any values at all, few of each.
app::compare::comparison random_comparison(std::mt19937_64&);

}  // namespace dgram::test
