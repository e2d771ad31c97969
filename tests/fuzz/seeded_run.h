// SPDX-License-Identifier: MIT
// Command line of the bounded programs: COUNT [SEED]. The seed is printed before anything can go wrong, and
// DGRAM_SEED overrides the usual one, so that every failure can be had again.
#pragma once

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "tests/support/seed.h"

namespace dgram::fuzz {

struct seeded_run {
  std::uint64_t count;
  std::uint64_t seed;

  seeded_run(int argc, char** argv, std::uint64_t usual_count)
      : count(argc > 1 ? std::stoull(argv[1]) : usual_count),
        seed(argc > 2 ? std::stoull(argv[2]) : test::seed_or(1)) {
    std::printf("%s: %llu inputs, seed %llu\n", argv[0], static_cast<unsigned long long>(count),
                static_cast<unsigned long long>(seed));
    std::fflush(stdout);
  }
};

}  // namespace dgram::fuzz
