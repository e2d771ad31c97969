// SPDX-License-Identifier: MIT
#include "udp/sim/delivery_trace.h"

#include "udp/sim/text_lines.h"

namespace dgram::sim {

std::variant<std::vector<std::uint32_t>, text_error> parse_delivery_trace(std::string_view text) {
  std::vector<std::uint32_t> times;
  text_lines lines(text);
  while (const auto line = lines.next()) {
    const auto ms = whole<std::uint32_t>(*line);
    if (!ms) return text_error{lines.number(), "is not a whole number of milliseconds"};
    if (!times.empty() && *ms < times.back())
      return text_error{lines.number(), "is before the line above it"};
    if (times.size() == most_delivery_opportunities) return text_error{lines.number(), "is one too many"};
    times.push_back(*ms);
  }
  if (times.empty()) return text_error{0, "has no delivery opportunities"};
  if (times.back() == 0) return text_error{lines.number(), "ends the trace at 0 ms: it would have no length"};
  return times;
}

}  // namespace dgram::sim
