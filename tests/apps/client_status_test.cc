// SPDX-License-Identifier: MIT
#include "apps/client/status_row.h"
#include "apps/client/waiting_lines.h"

#include "apps/cli/terminal.h"
#include "apps/terminal/wrapping.h"
#include "tests/support/catch.h"

using namespace dgram::app;
using namespace std::chrono_literals;
using dgram::time_point;

TEST_CASE("the row names the peer and the transport and what is known of the way") {
  dgram::statistics s;
  CHECK(status_row(facts_of("127.0.0.1:9000", wire::udp, s, 0)) == "127.0.0.1:9000 · UDP · 0 unanswered");
  s.smoothed_round_trip = 310us;
  CHECK(status_row(facts_of("127.0.0.1:9000", wire::udp, s, 2)) ==
        "127.0.0.1:9000 · UDP · 0.31 ms · loss 0 % · 2 unanswered");
}

TEST_CASE("loss is counted before the meter has forgotten its first guess") {
  dgram::statistics s;
  s.smoothed_round_trip = 1ms;
  s.loss_rate = 0.01;
  s.datagrams_sent = 10;
  const auto loss = [&] { return *facts_of("h:1", wire::udp, s, 0).loss; };
  CHECK(loss() == 0);
  s.packets_lost = 2;
  CHECK(loss() == 0.2);
  CHECK(status_row(facts_of("h:1", wire::udp, s, 0)) == "h:1 · UDP · 1 ms · loss 20 % · 0 unanswered");
  s.spurious_losses = 1;
  CHECK(loss() == 0.1);
  s.datagrams_sent = 2000;
  s.loss_rate = 0.0123;
  CHECK(status_row(facts_of("h:1", wire::udp, s, 0)) == "h:1 · UDP · 1 ms · loss 1.2 % · 0 unanswered");
}

TEST_CASE("where loss cannot be known the row leaves it out") {
  dgram::statistics s;
  s.smoothed_round_trip = 2ms;
  for (const wire on : {wire::tcp, wire::plain_tcp, wire::plain_udp}) {
    CHECK(status_row(facts_of("h:1", on, s, 0)) ==
          std::string("h:1 · ") + to_text(on) + " · 2 ms · 0 unanswered");
  }
}

TEST_CASE("what is waited for stands before the connection") {
  CHECK(status_row("… waiting", "h:1 · UDP") == "… waiting · h:1 · UDP");
  CHECK(status_row("", "h:1 · UDP") == "h:1 · UDP");
  CHECK(status_row("… waiting", "") == "… waiting");
  CHECK(status_row("", "").empty());
}

TEST_CASE("what waits is told after a while and each repetition at once") {
  const time_point start{1h};
  waiting_lines lines;
  CHECK(lines.status(start).empty());
  lines.add(1, "one", start);
  CHECK(lines.status(start + 99ms).empty());
  CHECK(lines.status(start + 100ms) == "… waiting");
  lines.repeated(start + 50ms);
  CHECK(lines.status(start + 60ms) == "… waiting, try 2 after 50 ms");
  lines.add(2, "two", start + 60ms);
  lines.repeated(start + 800ms);
  CHECK(lines.status(start + 800ms) == "… waiting for 2 answers, try 3 after 800 ms");
  CHECK(lines.take(1) == "one");
  CHECK(lines.status(start + 800ms) == "… waiting, try 2 after 740 ms");
  CHECK(lines.take(2) == "two");
  CHECK(lines.empty());
  CHECK(lines.take(3).empty());
}

TEST_CASE("text is wrapped as a terminal wraps it") {
  use_utf8_locale();
  const auto is = [](place got, std::size_t row, std::size_t column) {
    CHECK(got.row == row);
    CHECK(got.column == column);
  };
  is(place_after("", 10), 0, 0);
  is(place_after("12345", 10), 0, 5);
  is(place_after("1234567890", 10), 1, 0);
  is(place_after("12345678901", 10), 1, 1);
  // The fifth would be cut, and leaves a column free.
  is(place_after("a你好你好你", 10), 1, 2);
  is(place_after("你好你好", 5), 1, 4);
  CHECK(rows_taken("", 10) == 1);
  CHECK(rows_taken("1234567890", 10) == 1);
  CHECK(rows_taken("12345678901", 10) == 2);
}

TEST_CASE("what an editor wrapped is followed into a window of another width") {
  use_utf8_locale();
  // Rows of 10: "> half a l" "ine of it ".
  CHECK(rows_after_resize("> half a line of it", 0, 10, 80) == 0);
  CHECK(rows_after_resize("> half a line of it", 0, 10, 7) == 2);
  // Rows of 9: "> half a " "line of i" "t". The first ends in a space that was never drawn.
  CHECK(rows_after_resize("> half a line of it", 100, 9, 80) == 1);
  CHECK(rows_after_resize("> half a line of it", 8, 9, 80) == 0);
  CHECK(rows_after_resize("> half a line of it", 9, 9, 80) == 1);
  CHECK(rows_after_resize("> half a line of it", 100, 9, 8) == 2);
  // A wide character that did not fit ends a row too.
  CHECK(rows_after_resize("> 你好你好", 100, 5, 80) == 2);
  CHECK(rows_after_resize("> 你好你好", 100, 6, 80) == 0);
  CHECK(rows_after_resize("", 0, 10, 20) == 0);
}
