// SPDX-License-Identifier: MIT
#include "apps/operator/peer_table.h"

#include <algorithm>
#include <array>

#include "apps/cli/terminal.h"
#include "apps/cli/text_escape.h"
#include "apps/cli/units.h"

namespace dgram::app {
namespace {

using row = std::array<std::string, 7>;

row row_of(const peer_figures& p) {
  const duration round_trip = p.statistics.smoothed_round_trip;
  return {"#" + std::to_string(p.number),
          p.name.empty() ? "-" : escaped(p.name),
          p.address,
          (p.plain ? "plain " : "") + p.transport,
          std::to_string(p.messages),
          round_trip > duration{0} ? format_duration(round_trip) : "-",
          format_duration(p.idle)};
}

}  // namespace

std::string peer_table(const std::vector<peer_figures>& peers, std::size_t all) {
  if (all == 0) return "nobody is here";
  std::vector<row> rows{{"peer", "name", "address", "transport", "messages", "round trip", "idle"}};
  std::transform(peers.begin(), peers.end(), std::back_inserter(rows), row_of);
  std::array<std::size_t, std::tuple_size_v<row>> widths{};
  for (const row& r : rows) {
    for (std::size_t i = 0; i < r.size(); ++i) widths[i] = std::max(widths[i], display_width(r[i]));
  }
  std::string text;
  for (const row& r : rows) {
    if (!text.empty()) text += '\n';
    for (std::size_t i = 0; i < r.size(); ++i) {
      text += r[i];
      if (i + 1 < r.size()) text.append(widths[i] - display_width(r[i]) + 2, ' ');
    }
  }
  if (all > peers.size()) text += "\nand " + std::to_string(all - peers.size()) + " more";
  return text;
}

}  // namespace dgram::app
