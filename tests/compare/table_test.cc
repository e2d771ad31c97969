// SPDX-License-Identifier: MIT
#include "apps/compare/table.h"

#include "apps/compare/figures.h"
#include "apps/compare/number_text.h"
#include "apps/compare/statistics.h"
#include "apps/compare/text_table.h"
#include "apps/compare/verdict.h"
#include "tests/support/catch.h"

using namespace dgram;
using namespace dgram::app::compare;
using namespace std::chrono_literals;

namespace {

// Two repetitions of 100 messages: all after `usual`, but for `lost` that never came.
contender made(const std::string& name, const std::string& label, duration usual, std::size_t lost) {
  contender c{name, label, {}, {}};
  for (std::uint32_t repetition = 0; repetition < 4; ++repetition) {
    run r;
    r.repetition = repetition;
    for (std::uint64_t i = 0; i < 100; ++i) {
      sample s;
      s.number = i;
      s.intended = 10ms * static_cast<int>(i);
      if (i >= lost) s.latency = usual + 1ms * static_cast<int>(repetition);
      s.waited = s.latency.value_or(3s);
      r.samples.push_back(s);
    }
    r.up = {120, 12'000, lost, 100};
    r.down = {30, 1'500, 0, 50};
    r.cpu = 2ms;
    r.first_message = usual;
    r.retransmissions = 20;
    r.length = 1s;
    c.runs.push_back(r);
  }
  return c;
}

plan small_plan() {
  plan p;
  p.message_rate = 100;
  p.warm_up = 0ms;
  p.measured = 1s;
  return p;
}

comparison small_comparison() {
  comparison all;
  all.command = "udp_compare --seed 1";
  all.workload = "telemetry";
  all.schedule = describe(small_plan()) + ", 4 repetitions";
  all.deadline = 100ms;
  point p;
  p.link = "20 ms each way";
  p.contenders = {made("udp", "UDP, acks and retries", 20ms, 0),
                  made("tcp-cubic", "TCP cubic", 250ms, 0),
                  made("udp-bare", "UDP, sent once", 20ms, 5),
                  {"tcp-bbr", "TCP bbr", {run{}}, {}}};
  p.contenders[3].runs[0].failure = "this kernel has no TCP bbr";
  for (contender& c : p.contenders) fill_figures(c, small_plan(), 1);
  p.verdict = verdict_of(p, small_plan());
  p.warnings = {"the link was 2 ms late."};
  all.points.push_back(p);
  return all;
}

}  // namespace

TEST_CASE("Figures come from pooled samples and from sums") {
  auto c = made("udp", "UDP", 20ms, 5);
  fill_figures(c, small_plan(), 1);
  CHECK(c.figures.at("delivered").value == Approx(0.95));
  CHECK(c.figures.at("p50_ms").value == Approx(22));
  CHECK(c.figures.at("p90_ms").value == Approx(23));
  CHECK(c.figures.at("p99_ms").value == never);
  CHECK(c.figures.at("in_time").value == Approx(0.95));
  CHECK(c.figures.at("packets_per_message").value == Approx(1.5));
  CHECK(c.figures.at("bytes_per_message").value == Approx(135));
  CHECK(c.figures.at("cpu_us").value == Approx(20));
  // 95 messages of 64 B in one second.
  CHECK(c.figures.at("goodput_kbps").value == Approx(48.64));
  CHECK(c.figures.at("first_ms").value == Approx(20));
  CHECK(c.figures.at("retransmissions").value == Approx(20));
}

TEST_CASE("Messages of the warm-up are in no figure of latency") {
  auto c = made("udp", "UDP", 20ms, 50);
  for (run& r : c.runs) {
    for (sample& s : r.samples) s.warm_up = s.number < 50;
  }
  fill_figures(c, small_plan(), 1);
  CHECK(c.figures.at("delivered").value == 1);
}

TEST_CASE("A contender whose every run failed has no figures") {
  contender c{"tcp-bbr", "TCP bbr", {run{}}, {}};
  c.runs[0].failure = "no";
  fill_figures(c, small_plan(), 1);
  CHECK(c.figures.empty());
}

TEST_CASE("The table says what it found in words and in rows") {
  const std::string wanted =
      R"(With 20 ms each way: best was "UDP, acks and retries" (23.0 ms): 99 of 100 messages arrived within
that time. Worse: "TCP cubic" (253 ms) and "UDP, sent once" (never). Never arrived while it was
waited for: "UDP, sent once" 5.0 % of the messages; the others delivered all. Arrived within 100 ms:
"UDP, acks and retries" 100 %, "TCP cubic" 0 %, "UDP, sent once" 95.0 %.

latency of a message, from the moment it should have been sent
                       delivered  p50 ms  p90 ms         p99 ms (95 %)  p99.9 ms  max ms  in 100 ms
UDP, acks and retries      100 %    21.0    23.0     23.0 (21.0..23.0)      23.0    23.0      100 %
TCP cubic                  100 %     251     253        253 (251..253)       253     253        0 %
UDP, sent once            95.0 %    22.0    23.0  never (never..never)     never   never     95.0 %
TCP bbr                        -

what it took: packets, bytes on the wire and CPU time per message; the first message from nothing
                           goodput  packets  bytes    CPU    first  resent  twice  disordered
UDP, acks and retries  51.2 kbit/s     1.50    135  20 us  20.0 ms      20      0           0
TCP cubic              51.2 kbit/s     1.50    135  20 us   250 ms      20      0           0
UDP, sent once         48.6 kbit/s     1.50    135  20 us  20.0 ms      20      0           0
TCP bbr                          -
TCP bbr: this kernel has no TCP bbr
Note: the link was 2 ms late.

telemetry: 100 messages/s of 64 B for 1 s, 4 repetitions
again: udp_compare --seed 1
)";
  CHECK(table_text(small_comparison(), false) == wanted);
}

TEST_CASE("A sweep ends in a grid of one row for each point") {
  comparison all = small_comparison();
  all.points.push_back(all.points.front());
  all.points[0].swept = {{"loss", "0%"}};
  all.points[1].swept = {{"loss", "5%"}};
  CHECK_THAT(table_text(all, false), ContainsSubstring("p99: 99 of 100 messages were there within\n"
                                                       "             udp  tcp-cubic  udp-bare  tcp-bbr\n"
                                                       "loss 0%  23.0 ms     253 ms     never        -\n"
                                                       "loss 5%  23.0 ms     253 ms     never        -\n"));
}

TEST_CASE("Only the heading is in colour, and only when asked") {
  const std::string plain = table_text(small_comparison(), false);
  CHECK(plain.find('\033') == plain.npos);
  CHECK_THAT(table_text(small_comparison(), true), ContainsSubstring("\033[1m"));
}

TEST_CASE("The verdict ranks nobody whose interval overlaps another") {
  point p;
  p.link = "a link";
  for (const char* name : {"A", "B", "C"}) p.contenders.push_back(made(name, name, 20ms, 0));
  for (contender& c : p.contenders) fill_figures(c, small_plan(), 1);
  p.contenders[0].figures["p99_ms"] = {50, 40, 60};
  p.contenders[1].figures["p99_ms"] = {55, 45, 65};
  p.contenders[2].figures["p99_ms"] = {90, 80, 95};
  CHECK_THAT(verdict_of(p, small_plan()),
             ContainsSubstring("best was \"A\" (50.0 ms): 99 of 100 messages arrived within that time. No "
                               "difference from it is shown for \"B\" (55.0 ms). Worse: \"C\" (90.0 ms)."));
  for (contender& c : p.contenders) c.runs.resize(3);
  CHECK_THAT(verdict_of(p, small_plan()), ContainsSubstring("fewer than 4 repetitions rank nobody"));
}

TEST_CASE("Shares never round to all or nothing") {
  CHECK(share_text(1) == "100 %");
  CHECK(share_text(0.9996) == "99.96 %");
  CHECK(share_text(0.00001) == "0.001 %");
  CHECK(share_text(0) == "0 %");
  CHECK(time_text(1234) == "1.23 s");
  CHECK(time_text(999.7) == "1.00 s");
  CHECK(time_text(never) == "never");
  CHECK(rate_text(1500) == "1.50 Mbit/s");
}

TEST_CASE("A paragraph is broken between words") {
  CHECK(wrapped("one two three", 7) == "one two\nthree\n");
  CHECK(wrapped("", 7).empty());
  CHECK(wrapped("incomprehensible it is", 7) == "incomprehensible\nit is\n");
}

TEST_CASE("What was under way while the machine stood still is in no percentile, and counted") {
  contender c = made("udp", "UDP", 20ms, 10);  // the first ten never come
  for (run& r : c.runs) {
    // Messages 50 to 52, sent every 10 ms, are under way at 525 ms: it delayed one of them.
    r.samples[51].latency = r.samples[51].waited = 900ms;
    r.stalls = {{515ms, 525ms}};
  }
  fill_figures(c, small_plan(), 1);
  // 50: 500 to 520 ms and later, 51: 510 to 1410 ms, 52: from 520 ms.
  CHECK(c.figures.at("left_out").value == Approx(3));
  CHECK(c.figures.at("delivered").value == Approx(0.9));
  const auto& r = c.runs[0];
  CHECK_FALSE(stalled(r.samples[5], r));  // no stall loses anything
  CHECK_FALSE(stalled(r.samples[48], r));
  CHECK(stalled(r.samples[50], r));
  CHECK(stalled(r.samples[52], r));
  CHECK_FALSE(stalled(r.samples[53], r));
  CHECK(c.figures.at("max_ms").value == never);
  for (run& one : c.runs) one.samples.erase(one.samples.begin(), one.samples.begin() + 10);
  fill_figures(c, small_plan(), 1);
  CHECK(c.figures.at("max_ms").value == Approx(23));
}
