// SPDX-License-Identifier: MIT
#include "apps/cli/statistics_json.h"

#include <string>

#include "tests/support/catch.h"

using namespace dgram;
using namespace dgram::app;
using namespace std::chrono_literals;

namespace {

bool has(const std::string& json, const std::string& member) {
  const std::size_t at = json.find(member);
  if (at == std::string::npos || at + member.size() >= json.size()) return false;
  const char next = json[at + member.size()];
  return next == ',' || next == '}';
}

}  // namespace

TEST_CASE("the JSON of statistics has every field when all are zero") {
  const std::string json = to_json(statistics{}).text();
  for (const std::string key : {"messages_sent",
                                "messages_received",
                                "datagrams_sent",
                                "datagrams_received",
                                "bytes_sent",
                                "bytes_received",
                                "datagrams_per_message",
                                "bytes_per_message",
                                "fragments_sent",
                                "fragments_received",
                                "retransmitted",
                                "packets_lost",
                                "spurious_losses",
                                "losses_repaired_by_redundancy",
                                "redundancy_bytes",
                                "probe_timeouts",
                                "deepest_reordering_packets",
                                "congestion_marks",
                                "duplicates",
                                "replies_repeated",
                                "path_changes",
                                "black_holes",
                                "sessions_opened",
                                "sessions_ended",
                                "discarded",
                                "sessions",
                                "smoothed_rtt_ms",
                                "least_rtt_ms",
                                "queueing_delay_ms",
                                "probe_timeout_ms",
                                "congestion_window_bytes",
                                "bytes_in_flight",
                                "pacing_rate_bytes_per_s",
                                "datagram_size_bytes",
                                "peer_credit_bytes",
                                "loss_rate",
                                "redundancy_copies"}) {
    CAPTURE(key);
    CHECK(has(json, '"' + key + "\":0"));
  }
  CHECK(has(json,
            R"("delivered":0,"answered":0,"unanswered":0,"expired":0,"lost":0,"refused":0,"unknown":0})"));
  CHECK(has(json, R"("resent_by_cause":{"lost":0,"timeout":0,"asked_again":0,"rode_along":0})"));
  for (std::size_t i = 0; i < discard_reasons; ++i) {
    const std::string reason(to_string(static_cast<discard_reason>(i)));
    CAPTURE(reason);
    CHECK(has(json, '"' + reason + "\":0"));
  }
}

TEST_CASE("the JSON of statistics gives each number under its own name and unit") {
  statistics s;
  s.messages_sent = 4;
  s.datagrams_sent = 6;
  s.bytes_sent = 1000;
  s.resent_lost = 1;
  s.resent_probe = 2;
  s.resent_request = 3;
  s.resent_ride = 5;
  s.losses_repaired = 7;
  s.deepest_reordering = 9;
  s.answered = 10;
  s.smoothed_round_trip = 41ms;
  s.least_round_trip = 40500us;
  s.pacing_rate = 125'000;
  s.loss_rate = 0.25;
  s.discarded.count(discard_reason::buffer_full);
  const std::string json = to_json(s).text();
  CHECK(has(json, R"("datagrams_per_message":1.5)"));
  CHECK(has(json, R"("bytes_per_message":250)"));
  CHECK(has(json, R"("resent_by_cause":{"lost":1,"timeout":2,"asked_again":3,"rode_along":5})"));
  CHECK(has(json, R"("losses_repaired_by_redundancy":7)"));
  CHECK(has(json, R"("deepest_reordering_packets":9)"));
  CHECK(has(json, R"("answered":10)"));
  CHECK(has(json, R"("smoothed_rtt_ms":41)"));
  CHECK(has(json, R"("least_rtt_ms":40.5)"));
  CHECK(has(json, R"("queueing_delay_ms":0.5)"));
  CHECK(has(json, R"("pacing_rate_bytes_per_s":125000)"));
  CHECK(has(json, R"("loss_rate":0.25)"));
  CHECK(has(json, R"("buffer_full":1)"));
  CHECK(has(json, R"("discarded":1)"));
}
