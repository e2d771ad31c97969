// SPDX-License-Identifier: MIT
// The words of the row above the prompt: who one talks to, and how it goes. Knows no terminal.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "apps/client/outcome_text.h"
#include "udp/core/statistics.h"
#include "udp/core/time.h"

namespace dgram::app {

struct status_facts {
  std::string server;  // address and port
  wire on = wire::udp;
  duration round_trip{0};      // smoothed; 0: not measured yet
  std::optional<double> loss;  // measured, where the transport knows; 0 to 1
  std::uint64_t unanswered = 0;
};

status_facts facts_of(const std::string& server, wire, const statistics&, std::uint64_t unanswered);

// "127.0.0.1:9000 · UDP · 0.31 ms · loss 0 % · 2 unanswered".
std::string status_row(const status_facts&);
// What is waited for comes first: where the row is cut, its end is missed least.
std::string status_row(const std::string& waiting, const std::string& connection);

}  // namespace dgram::app
