// SPDX-License-Identifier: MIT
// What happened on a server since the last look: the line of --log-interval. Knows no clock.
#pragma once

#include <cstdint>
#include <string>

#include "apps/cli/json_object.h"
#include "apps/server/server_control.h"

namespace dgram::app {

struct interval_figures {
  duration length{0};
  std::uint64_t peers = 0;  // here now
  std::uint64_t messages = 0;
  std::uint64_t answered = 0;
  std::uint64_t bytes_received = 0;
  std::uint64_t bytes_sent = 0;
  duration round_trip{0};  // the last that was measured; 0: none was
  std::uint64_t lost = 0;  // packets
  std::uint64_t discarded = 0;
};

// The length is what `running` of the two says.
interval_figures figures_between(const server_totals& before, const server_totals& after, std::size_t peers);

// "10s: 12 peers, 4021 messages (402/s), 4021 answered, in 301 kB, out 288 kB, round trip 0.3 ms, 0 lost, 0
// discarded".
std::string interval_text(const interval_figures&);
json_object interval_event(const interval_figures&);

}  // namespace dgram::app
