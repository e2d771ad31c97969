// SPDX-License-Identifier: MIT
#include <string>

#include "apps/server/interval_figures.h"
#include "apps/server/server_events.h"
#include "tests/support/catch.h"

using namespace dgram;
using namespace dgram::app;
using namespace std::chrono_literals;

TEST_CASE("A message is an event with its text, or its bytes when they are none") {
  CHECK(message_event(3, "a\"阿").text() == R"({"event":"message","peer":3,"bytes":5,"text":"a\"阿"})");
  CHECK(message_event(3, "\xff\x01").text() == R"({"event":"message","peer":3,"bytes":2,"hex":"ff01"})");
  CHECK(message_event(3, "").text() == R"({"event":"message","peer":3,"bytes":0,"text":""})");
}

TEST_CASE("A message that is longer than its event may be is cut between characters and says so") {
  CHECK(message_event(1, "abcdef", 6).text() == R"({"event":"message","peer":1,"bytes":6,"text":"abcdef"})");
  CHECK(message_event(1, "abcdef", 5).text() ==
        R"({"event":"message","peer":1,"bytes":6,"text":"abcde","cut":true})");
  for (std::size_t most = 3; most <= 5; ++most) {
    CAPTURE(most);
    CHECK(message_event(1, "阿达", most).text() ==
          R"({"event":"message","peer":1,"bytes":6,"text":"阿","cut":true})");
  }
  CHECK(message_event(1, "\xff\xff\xff\xff\xff", 4).text() ==
        R"({"event":"message","peer":1,"bytes":5,"hex":"ffffffff","cut":true})");
}

TEST_CASE("The line of an interval has what came since the last one and the rates of it") {
  server_totals before, after;
  before.running = 5s;
  before.messages = 1000;
  before.statistics.bytes_received = 1'000'000;
  after = before;
  after.running = 15s;
  after.messages += 4021;
  after.answered += 4020;
  after.statistics.bytes_received += 301'000;
  after.statistics.bytes_sent += 288'000;
  after.statistics.packets_lost = 2;
  after.statistics.discarded.count(discard_reason::malformed);
  CHECK(interval_text(figures_between(before, after, 12)) ==
        "10s: 12 peers, 4021 messages (402/s), 4020 answered, in 301 kB, out 288 kB, 2 lost, 1 discarded");
  after.statistics.smoothed_round_trip = 300us;
  CHECK_THAT(interval_text(figures_between(before, after, 12)),
             ContainsSubstring(", round trip 0.30 ms, 2 lost"));
  CHECK_THAT(interval_event(figures_between(before, after, 12)).text(),
             ContainsSubstring(R"("seconds":10,"peers":12,"messages":4021,"messages_per_s":402.1,)"));
}

TEST_CASE("An interval in which nothing happened has zeros and no round trip") {
  server_totals before, after;
  after.running = 100ms;
  const interval_figures none = figures_between(before, after, 0);
  CHECK(interval_text(none) ==
        "100ms: 0 peers, 0 messages (0/s), 0 answered, in 0 B, out 0 B, 0 lost, 0 discarded");
  CHECK_THAT(interval_event(none).text(), ContainsSubstring(R"("round_trip_ms":null)"));
  CHECK_THAT(interval_text(figures_between(after, after, 0)), ContainsSubstring("0 messages (0/s)"));
}
