// SPDX-License-Identifier: MIT
#include "apps/client/status_row.h"

#include <algorithm>
#include <array>
#include <cstdio>

#include "apps/cli/units.h"

namespace dgram::app {
namespace {

constexpr const char* separator = " · ";

// Whole percents from 10 on; below that a decimal, unless there is nothing to say with it.
std::string percent(double share) {
  const double value = share * 100;
  std::array<char, 32> text{};
  const int decimals = value < 0.05 || value >= 9.95 ? 0 : 1;
  const int length = std::snprintf(text.data(), text.size(), "%.*f %%", decimals, value);
  return {text.data(), static_cast<std::size_t>(length)};
}

// The session's own meter forgets what is long past, but begins with a guess of 1 % (udp/core/loss_meter.h).
// Before that has worn off, and while nothing was lost, counting says it better.
double measured_loss(const statistics& s) {
  constexpr std::uint64_t guess_is_gone_after = 1000;  // packets: twice the meter's memory
  const std::uint64_t lost = s.packets_lost - std::min(s.packets_lost, s.spurious_losses);
  if (lost == 0) return 0;
  if (s.datagrams_sent > guess_is_gone_after) return s.loss_rate;
  return static_cast<double>(lost) / static_cast<double>(std::max(lost, s.datagrams_sent));
}

}  // namespace

status_facts facts_of(const std::string& server, wire on, const statistics& s, std::uint64_t unanswered) {
  status_facts facts{server, on, s.smoothed_round_trip, std::nullopt, unanswered};
  // TCP repeats in the kernel, and a plain peer acknowledges nothing.
  if (on == wire::udp && s.smoothed_round_trip > duration{0}) facts.loss = measured_loss(s);
  return facts;
}

std::string status_row(const status_facts& facts) {
  std::string row = facts.server + separator + to_text(facts.on);
  if (facts.round_trip > duration{0}) row += separator + format_duration(facts.round_trip);
  if (facts.loss) row += separator + ("loss " + percent(*facts.loss));
  return row + separator + std::to_string(facts.unanswered) + " unanswered";
}

std::string status_row(const std::string& waiting, const std::string& connection) {
  if (waiting.empty() || connection.empty()) return waiting + connection;
  return waiting + separator + connection;
}

}  // namespace dgram::app
