// SPDX-License-Identifier: MIT
// A broken invariant. libFuzzer takes the uncaught exception for a crash and keeps the input; the bounded
// programs print it beside the seed.
#pragma once

#include <stdexcept>
#include <string>

namespace dgram::fuzz {

class finding : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

inline void require(bool holds, const char* what) {
  if (!holds) throw finding(what);
}

}  // namespace dgram::fuzz
