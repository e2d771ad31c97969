// SPDX-License-Identifier: MIT
// Writes what becomes of each packet as it is decided. A write that fails ends the recording, not the
// program.
#pragma once

#include <string>
#include <system_error>

#include "apps/cli/output.h"
#include "apps/impairment/impairment.h"
#include "udp/sim/packet_fate.h"

namespace dgram::app {

class fate_recorder {
 public:
  // Throws start_up_error when the file cannot be opened. What was recorded with stands in it as a comment.
  fate_recorder(const std::string& file, const impairment&);
  ~fate_recorder();
  fate_recorder(const fate_recorder&) = delete;
  fate_recorder& operator=(const fate_recorder&) = delete;

  // Gathered until there is enough for a write, or flush.
  void add(side from, duration since_start, const sim::packet_fate&);
  void flush();
  std::error_code error() const { return out_.error(); }

 private:
  int descriptor_;
  output out_;
  std::string line_;
};

}  // namespace dgram::app
