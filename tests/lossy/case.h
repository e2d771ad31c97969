// SPDX-License-Identifier: MIT
// A case of the lossy suite, run over one transport with many seeds: promises are checked for each seed, bars
// over all of them together. DGRAM_SEED=n runs that seed alone and DGRAM_SEEDS=n so many; fewer than the case
// asks for are too few samples for the bars, which are then printed and not judged.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tests/lossy/bars.h"
#include "tests/lossy/course.h"

namespace dgram::test {

struct samples {
  std::vector<duration> sorted;

  duration at(double quantile) const;
  duration most() const { return sorted.empty() ? duration{0} : sorted.back(); }
};

// Everything of all seeds.
struct case_result {
  std::vector<course_result> runs;  // by seed
  bool enough = false;              // seeds, to judge bars by

  // Of what the client sent with a deadline of 60 s.
  samples reliable, ordered, answers, singles;
};

// Runs the course with each seed; a broken promise fails the test with its seed.
case_result run_case(const std::string& name, const course&, transport, std::uint64_t seeds = 20);
void hold(const case_result&, const bars&);
// The longest from `cleared` (since the stream began), or from the send if that was later, to the arrival of
// patient messages that are resent.
duration recovered_within(const case_result&, duration cleared);

}  // namespace dgram::test
