// SPDX-License-Identifier: MIT
// The lines that wait for an answer, and what is being done about it. Knows neither clock nor screen.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "udp/core/time.h"

namespace dgram::app {

class waiting_lines {
 public:
  void add(std::uint64_t id, std::string text, time_point now);
  // Its text.
  std::string take(std::uint64_t id);
  // What was sent before `now` was sent again then.
  void repeated(time_point now);

  bool empty() const { return lines_.empty(); }
  // "… waiting for 2 answers, try 3 after 800 ms"; empty while there is nothing to tell yet.
  std::string status(time_point now) const;

 private:
  struct line {
    std::string text;
    time_point sent;
    std::uint32_t tries = 1;
    duration last_try_after{0};
  };
  std::map<std::uint64_t, line> lines_;  // in the order in which they were sent
};

}  // namespace dgram::app
