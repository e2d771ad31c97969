// SPDX-License-Identifier: MIT
#include "apps/server/server_events.h"

#include <chrono>

#include "apps/cli/statistics_json.h"
#include "apps/cli/text_escape.h"

namespace dgram::app {
namespace {

std::string hex(std::string_view bytes) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string out;
  out.reserve(bytes.size() * 2);
  for (const char c : bytes) {
    out += digits[static_cast<unsigned char>(c) >> 4];
    out += digits[static_cast<unsigned char>(c) & 0xf];
  }
  return out;
}

// A character that the cut went through is left out.
std::string_view cut(std::string_view bytes, std::size_t most) {
  std::string_view start = bytes.substr(0, most);
  if (start.size() == bytes.size() || is_utf8(start)) return start;
  for (std::size_t less = 1; less <= 3 && less <= start.size(); ++less) {
    const std::string_view shorter = start.substr(0, start.size() - less);
    if (is_utf8(shorter)) return shorter;
  }
  return start;
}

json_object seen_reasons(const discard_counters& discarded) {
  json_object reasons;
  for (std::size_t i = 0; i < discard_reasons; ++i) {
    if (discarded.by_reason[i] != 0) {
      reasons.add(to_string(static_cast<discard_reason>(i)), discarded.by_reason[i]);
    }
  }
  return reasons;
}

}  // namespace

json_object ready_event(std::string_view where, std::uint16_t port, std::string_view transports,
                        std::string_view metrics) {
  json_object event;
  event.add("event", "ready").add("address", where).add("port", port).add("transports", transports);
  if (!metrics.empty()) event.add("metrics", metrics);
  return event;
}

json_object joined_event(std::uint64_t peer, std::string_view transport, std::string_view where, bool plain) {
  json_object event;
  event.add("event", "joined").add("peer", peer).add("transport", transport).add("address", where);
  return event.add("plain", plain);
}

json_object message_event(std::uint64_t peer, std::string_view bytes, std::size_t most) {
  json_object event;
  event.add("event", "message").add("peer", peer).add("bytes", bytes.size());
  const std::string_view shown = cut(bytes, most);
  if (is_utf8(shown)) {
    event.add("text", shown);
  } else {
    event.add("hex", hex(shown));
  }
  if (shown.size() < bytes.size()) event.add("cut", true);
  return event;
}

json_object left_event(std::uint64_t peer, std::string_view reason) {
  json_object event;
  return event.add("event", "left").add("peer", peer).add("reason", reason);
}

json_object problem_event(std::string_view text) {
  json_object event;
  return event.add("event", "problem").add("text", text);
}

json_object summary_event(const server_totals& totals, exit_code code) {
  const statistics& s = totals.statistics;
  json_object summary;
  return summary.add("event", "summary")
      .add("peers", totals.peers)
      .add("messages", totals.messages)
      .add("answered", totals.answered)
      .add("replies_not_sent", totals.unsent)
      .add("messages_not_delivered", totals.lost)
      .add("running_ms", std::chrono::duration<double, std::milli>(totals.running).count())
      .add("datagrams_received", s.datagrams_received)
      .add("datagrams_sent", s.datagrams_sent)
      .add("bytes_received", s.bytes_received)
      .add("bytes_sent", s.bytes_sent)
      .add("duplicates", s.duplicates_received)
      .add("replies_repeated", s.replies_repeated)
      .add("discarded", s.discarded.total())
      .add("discarded_by_reason", seen_reasons(s.discarded))
      .add("statistics", to_json(s))
      .add("exit_code", static_cast<int>(code));
}

}  // namespace dgram::app
