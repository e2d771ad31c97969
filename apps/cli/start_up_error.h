// SPDX-License-Identifier: MIT
// Ends a program before it began, with a code and one line that says why.
#pragma once

#include <stdexcept>
#include <string>

#include "apps/cli/exit_code.h"

namespace dgram::app {

class start_up_error : public std::runtime_error {
 public:
  start_up_error(exit_code code, const std::string& why) : std::runtime_error(why), code_(code) {}
  exit_code code() const { return code_; }

 private:
  exit_code code_;
};

}  // namespace dgram::app
