// SPDX-License-Identifier: MIT
#include "apps/server/interval_figures.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>

#include "apps/cli/units.h"

namespace dgram::app {
namespace {

double seconds(duration d) {
  return std::chrono::duration<double>(d).count();
}

double rate(const interval_figures& f) {
  return f.length > duration{0} ? static_cast<double>(f.messages) / seconds(f.length) : 0;
}

// "402", "0.5".
std::string rate_text(double per_second) {
  std::array<char, 32> text{};
  const int decimals = per_second >= 10 || per_second == 0 ? 0 : 1;
  const int length = std::snprintf(text.data(), text.size(), "%.*f", decimals, per_second);
  return {text.data(), static_cast<std::size_t>(length)};
}

// As the flag takes it: "10s".
std::string length_text(duration length) {
  std::string text = format_duration(length);
  text.erase(std::remove(text.begin(), text.end(), ' '), text.end());
  return text;
}

}  // namespace

interval_figures figures_between(const server_totals& before, const server_totals& after, std::size_t peers) {
  const statistics& old = before.statistics;
  const statistics& now = after.statistics;
  return {after.running - before.running,
          peers,
          after.messages - before.messages,
          after.answered - before.answered,
          now.bytes_received - old.bytes_received,
          now.bytes_sent - old.bytes_sent,
          now.smoothed_round_trip,
          now.packets_lost - old.packets_lost,
          now.discarded.total() - old.discarded.total()};
}

std::string interval_text(const interval_figures& f) {
  std::string text = length_text(f.length) + ": " + counted(f.peers, "peer", "peers") + ", " +
                     counted(f.messages, "message", "messages") + " (" + rate_text(rate(f)) + "/s), " +
                     std::to_string(f.answered) + " answered, in " + format_size(f.bytes_received) +
                     ", out " + format_size(f.bytes_sent);
  if (f.round_trip > duration{0}) text += ", round trip " + format_duration(f.round_trip);
  return text + ", " + std::to_string(f.lost) + " lost, " + std::to_string(f.discarded) + " discarded";
}

json_object interval_event(const interval_figures& f) {
  json_object event;
  event.add("event", "interval")
      .add("seconds", seconds(f.length))
      .add("peers", f.peers)
      .add("messages", f.messages)
      .add("messages_per_s", rate(f))
      .add("answered", f.answered)
      .add("bytes_received", f.bytes_received)
      .add("bytes_sent", f.bytes_sent);
  if (f.round_trip > duration{0}) {
    event.add("round_trip_ms", std::chrono::duration<double, std::milli>(f.round_trip).count());
  } else {
    event.add_null("round_trip_ms");
  }
  return event.add("lost", f.lost).add("discarded", f.discarded);
}

}  // namespace dgram::app
