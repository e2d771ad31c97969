// SPDX-License-Identifier: MIT
#include "apps/cli/statistics_json.h"

#include <chrono>
#include <cstddef>

namespace dgram::app {
namespace {

double milliseconds(duration d) {
  return std::chrono::duration<double, std::milli>(d).count();
}

json_object outcomes(const statistics& s) {
  json_object object;
  object.add("delivered", s.delivered)
      .add("answered", s.answered)
      .add("unanswered", s.unanswered)
      .add("expired", s.expired)
      .add("lost", s.lost)
      .add("refused", s.refused)
      .add("unknown", s.unknown);
  return object;
}

json_object resends(const statistics& s) {
  json_object object;
  object.add("lost", s.resent_lost)
      .add("timeout", s.resent_probe)
      .add("asked_again", s.resent_request)
      .add("rode_along", s.resent_ride);
  return object;
}

json_object reasons(const discard_counters& discarded) {
  json_object object;
  for (std::size_t i = 0; i < discard_reasons; ++i) {
    object.add(to_string(static_cast<discard_reason>(i)), discarded.by_reason[i]);
  }
  return object;
}

void add_counters(json_object& object, const statistics& s) {
  object.add("messages_sent", s.messages_sent)
      .add("messages_received", s.messages_received)
      .add("outcomes", outcomes(s))
      .add("datagrams_sent", s.datagrams_sent)
      .add("datagrams_received", s.datagrams_received)
      .add("bytes_sent", s.bytes_sent)
      .add("bytes_received", s.bytes_received)
      .add("datagrams_per_message", s.datagrams_per_message())
      .add("bytes_per_message", s.bytes_per_message())
      .add("fragments_sent", s.fragments_sent)
      .add("fragments_received", s.fragments_received)
      .add("retransmitted", s.messages_retransmitted)
      .add("resent_by_cause", resends(s))
      .add("packets_lost", s.packets_lost)
      .add("spurious_losses", s.spurious_losses)
      .add("losses_repaired_by_redundancy", s.losses_repaired)
      .add("redundancy_bytes", s.redundancy_bytes)
      .add("probe_timeouts", s.probe_timeouts)
      .add("deepest_reordering_packets", s.deepest_reordering)
      .add("congestion_marks", s.congestion_marks)
      .add("duplicates", s.duplicates_received)
      .add("replies_repeated", s.replies_repeated)
      .add("path_changes", s.path_changes)
      .add("black_holes", s.black_holes)
      .add("sessions_opened", s.sessions_opened)
      .add("sessions_ended", s.sessions_ended)
      .add("discarded", s.discarded.total())
      .add("discarded_by_reason", reasons(s.discarded));
}

void add_gauges(json_object& object, const statistics& s) {
  object.add("sessions", s.sessions)
      .add("smoothed_rtt_ms", milliseconds(s.smoothed_round_trip))
      .add("least_rtt_ms", milliseconds(s.least_round_trip))
      .add("queueing_delay_ms", milliseconds(s.queueing_delay()))
      .add("probe_timeout_ms", milliseconds(s.probe_timeout))
      .add("congestion_window_bytes", s.congestion_window)
      .add("bytes_in_flight", s.bytes_in_flight)
      .add("pacing_rate_bytes_per_s", s.pacing_rate)
      .add("datagram_size_bytes", s.datagram_size)
      .add("peer_credit_bytes", s.peer_credit)
      .add("loss_rate", s.loss_rate)
      .add("redundancy_copies", s.redundancy_copies);
}

}  // namespace

json_object to_json(const statistics& s) {
  json_object object;
  add_counters(object, s);
  add_gauges(object, s);
  return object;
}

}  // namespace dgram::app
