// SPDX-License-Identifier: MIT
#include "apps/top/top_table.h"

#include <algorithm>
#include <chrono>

#include "apps/cli/terminal.h"
#include "tests/support/catch.h"

using namespace dgram;
using namespace dgram::app;
using namespace std::chrono_literals;

namespace {

peer_figures peer(std::uint64_t number, std::uint64_t messages, std::string name = "") {
  peer_figures one;
  one.number = number;
  one.transport = "UDP";
  one.address = "127.0.0.1:" + std::to_string(50000 + number);
  one.name = std::move(name);
  one.messages = messages;
  one.here = 1h;
  return one;
}

top_snapshot snapshot(duration at, std::vector<peer_figures> peers) {
  top_snapshot one;
  one.taken = time_point{} + at;
  one.here = one.totals.peers = peers.size();
  one.totals.running = at;
  for (const auto& p : peers) one.totals.messages += p.messages;
  one.peers = std::move(peers);
  one.listens = "127.0.0.1:9000, UDP";
  return one;
}

// All lines as one text.
std::string text(top_table& table, std::size_t width = 80, std::size_t height = 24) {
  std::string all;
  for (const auto& line : table.lines(width, height)) all += line.text + '\n';
  return all;
}

std::vector<std::string> peers_of(top_table& table, std::size_t width = 80, std::size_t height = 24) {
  std::vector<std::string> found;
  for (const auto& line : table.lines(width, height)) {
    if (line.style == line_style::peer && !line.text.empty()) found.push_back(line.text);
  }
  return found;
}

// The numbers of the peers in the order they are shown.
std::vector<int> order_of(top_table& table, std::size_t height = 24) {
  std::vector<int> numbers;
  for (const auto& line : peers_of(table, 120, height)) numbers.push_back(std::stoi(line));
  return numbers;
}

bool has(const std::string& all, std::string_view part) {
  return all.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("every line fits whatever screen there is and none is more than it has") {
  use_utf8_locale();
  top_table table;
  std::vector<peer_figures> peers;
  for (unsigned i = 1; i <= 50; ++i)
    peers.push_back(peer(i, i * 1'000'000'000ULL, "很长很长的名字很长很长的名字 👋 and more"));
  peers[3].address = "[2001:db8:1234:5678:9abc:def0:1234:5678]:65535";
  auto shown = snapshot(1s, peers);
  shown.problem = std::string(500, 'x') + "\x1b[31m\n";
  shown.listens = "[2001:db8:1234:5678:9abc:def0:1234:5678]:65535, UDP and TCP";
  table.show(shown);
  for (std::size_t width = 1; width < 200; ++width) {
    for (const std::size_t height : {1U, 4U, 5U, 6U, 24U, 80U}) {
      const auto lines = table.lines(width, height);
      CAPTURE(width, height);
      CHECK(lines.size() <= height);
      for (const auto& line : lines) {
        CAPTURE(line.text);
        CHECK(display_width(line.text) <= width);
        CHECK(line.text.find_first_of("\x1b\n\r\t") == std::string::npos);
      }
    }
  }
}

TEST_CASE("an ordinary terminal has room for every column") {
  top_table table;
  table.show(snapshot(1s, {peer(1, 5, "ada")}));
  const std::string all = text(table);
  for (const char* heading :
       {"#", "address", "via", "name", "messages", "msg/s", "trip", "loss", "retries", "idle"}) {
    CHECK(has(all, heading));
  }
}

TEST_CASE("on a narrow screen the less telling columns go and the address and messages stay whole") {
  top_table table;
  table.show(snapshot(1s, {peer(1, 1234567, "ada")}));
  const std::string all = text(table, 40, 10);
  CHECK(has(all, "127.0.0.1:50001"));
  CHECK(has(all, "1234567"));
  CHECK(has(all, "ada"));
  CHECK_FALSE(has(all, "retries"));
  CHECK_FALSE(has(all, "loss"));
}

TEST_CASE("a name that is too wide is cut between characters and the columns after it stay in line") {
  use_utf8_locale();
  top_table table;
  table.show(
      snapshot(1s, {peer(1, 10, "世世世世世世世世世世世世世世世世世世世世世世世世"), peer(2, 9, "ada")}));
  const auto lines = peers_of(table);
  REQUIRE(lines.size() == 2);
  CHECK(has(lines[0], "世…"));
  CHECK(display_width(lines[0]) == display_width(lines[1]));
}

TEST_CASE("a name cannot take the screen over") {
  top_table table;
  table.show(snapshot(1s, {peer(1, 10, "\x1b[2Jbob\nx")}));
  const std::string all = text(table, 120);
  CAPTURE(all);
  CHECK(has(all, "\\x1B[2Jbob\\x0Ax"));
}

TEST_CASE("rates are those between two snapshots") {
  top_table table;
  table.show(snapshot(10s, {peer(1, 100), peer(2, 7)}));
  CHECK(has(peers_of(table)[0], " - "));
  auto newcomer = peer(3, 4);
  newcomer.here = 500ms;
  table.show(snapshot(12s, {peer(1, 200), peer(2, 8), newcomer}));
  const auto lines = peers_of(table);
  CHECK(has(lines[0], " 50 "));
  CHECK(has(lines[1], " 0.5 "));
  CHECK(has(lines[2], " 2.0 "));
  CHECK(has(text(table), "212 messages, 52/s"));
}

TEST_CASE("a peer that was here but not in the last snapshot has no rate yet") {
  top_table table;
  table.show(snapshot(10s, {peer(1, 100)}));
  table.show(snapshot(11s, {peer(1, 100), peer(2, 1000)}));
  CHECK(has(peers_of(table)[0], " - "));
}

TEST_CASE("the order goes through all columns and the largest comes first") {
  auto a = peer(1, 10), b = peer(2, 30), c = peer(3, 20);
  a.statistics.smoothed_round_trip = 3ms;
  b.statistics.smoothed_round_trip = 2ms;
  c.statistics.smoothed_round_trip = 1ms;
  a.statistics.packets_lost = b.statistics.packets_lost = c.statistics.packets_lost = 1;
  a.statistics.loss_rate = 0.1;
  b.statistics.loss_rate = 0.2;
  c.statistics.loss_rate = 0.3;
  a.statistics.messages_retransmitted = 5;
  b.statistics.messages_retransmitted = 9;
  b.statistics.resent_ride = 9;
  c.statistics.messages_retransmitted = 1;
  a.idle = 1s;
  b.idle = 10s;
  c.idle = 5s;
  auto before = std::vector{peer(1, 0), peer(2, 29), peer(3, 5)};
  top_table table;
  table.show(snapshot(1s, before));
  table.show(snapshot(2s, {a, b, c}));
  CHECK(order_of(table) == std::vector{2, 3, 1});  // messages
  const std::vector<std::vector<int>> orders{{3, 1, 2}, {1, 2, 3}, {3, 2, 1}, {1, 3, 2},
                                             {2, 3, 1}, {1, 2, 3}, {2, 3, 1}};
  for (const auto& wanted : orders) {
    table.press(top_key::next_order);
    CAPTURE(text(table));
    CHECK(order_of(table) == wanted);
  }
}

TEST_CASE("what nobody can know of a peer is a dash") {
  auto plain = peer(1, 1);
  plain.plain = true;
  auto tcp = peer(2, 1);
  tcp.transport = "TCP";
  tcp.statistics.smoothed_round_trip = 12500us;
  top_table table;
  table.show(snapshot(1s, {plain, tcp}));
  const auto lines = peers_of(table);
  CHECK(has(lines[0], "UDP*"));
  CHECK_FALSE(has(lines[0], "%"));
  CHECK(has(lines[1], "12.5 ms"));
  CHECK_FALSE(has(lines[1], "%"));
  CHECK(has(text(table), "* plain"));
}

TEST_CASE("scrolling stops at both ends and says where it is") {
  std::vector<peer_figures> peers;
  for (unsigned i = 1; i <= 30; ++i) peers.push_back(peer(i, 100 - i));
  top_table table;
  table.show(snapshot(1s, peers));
  CHECK(order_of(table, 14).size() == 10);
  CHECK(has(text(table, 80, 14), "1-10 of 30"));
  table.press(top_key::up);
  CHECK(order_of(table, 14).front() == 1);
  table.press(top_key::down);
  CHECK(order_of(table, 14).front() == 2);
  table.press(top_key::page_down);
  CHECK(order_of(table, 14).front() == 12);
  for (int i = 0; i < 5; ++i) table.press(top_key::page_down);
  CHECK(order_of(table, 14).front() == 21);
  CHECK(has(text(table, 80, 14), "21-30 of 30"));
  table.press(top_key::page_up);
  CHECK(order_of(table, 14).front() == 11);
  table.press(top_key::last);
  CHECK(order_of(table, 14).back() == 30);
  // Peers leave while the end is shown.
  peers.resize(5);
  table.show(snapshot(2s, peers));
  CHECK(order_of(table, 14) == std::vector{1, 2, 3, 4, 5});
}

TEST_CASE("the head says how many there are when not all are shown") {
  top_table table;
  auto shown = snapshot(1s, {peer(1, 1)});
  shown.here = 16384;
  shown.totals.peers = 20000;
  table.show(shown);
  CHECK(has(text(table, 120), "16384 peers (the first 1 shown) on 127.0.0.1:9000, UDP   "));
  CHECK(has(text(table, 120), "20000 peers ever"));
}

TEST_CASE("a problem has its own line and on the smallest screen that of the keys") {
  top_table table;
  auto shown = snapshot(1s, {peer(1, 1)});
  shown.problem = "warning: it burns";
  table.show(shown);
  CHECK(has(text(table), "warning: it burns"));
  CHECK(has(text(table), "q quit"));
  CHECK(has(text(table, 40, 5), "warning: it burns"));
  CHECK(peers_of(table, 40, 5).size() == 1);
}

TEST_CASE("a screen that is too small says what is needed and is used again when it grew") {
  top_table table;
  table.show(snapshot(1s, {peer(1, 1)}));
  CHECK(text(table, 39, 24) == "too small: 39x24, needs 40x5\n");
  CHECK(text(table, 80, 4) == "too small: 80x4, needs 40x5\n");
  CHECK(text(table, 5, 1) == "too …\n");
  CHECK(has(text(table, 40, 5), "127.0.0.1:50001"));
}

TEST_CASE("a paused table stays as it is and its rates are right when it goes on") {
  top_table table;
  table.show(snapshot(1s, {peer(1, 100)}));
  table.press(top_key::pause);
  table.show(snapshot(2s, {peer(1, 900)}));
  CHECK(has(text(table), "PAUSED"));
  CHECK(has(text(table), "100 messages"));
  table.press(top_key::pause);
  table.show(snapshot(11s, {peer(1, 1100)}));
  CHECK_FALSE(has(text(table), "PAUSED"));
  CHECK(has(text(table), "1100 messages, 100/s"));
}

TEST_CASE("spans of time take few columns") {
  CHECK(short_span(-1s) == "0s");
  CHECK(short_span(59999ms) == "59s");
  CHECK(short_span(60s) == "1m");
  CHECK(short_span(47h) == "47h");
  CHECK(short_span(24h * 400) == "400d");
  CHECK(span_text(187s) == "3m 07s");
  CHECK(span_text(5h) == "5h 00m");
  CHECK(span_text(291h) == "12d 3h");
}

TEST_CASE("numbers stay within their columns") {
  CHECK(count_text(9'999'999) == "9999999");
  CHECK(count_text(12'345'678) == "12.3M");
  CHECK(count_text(12'345'678'901) == "12.3G");
  CHECK(rate_text(0) == "0");
  CHECK(rate_text(0.5) == "0.5");
  CHECK(rate_text(9.97) == "10");
  CHECK(rate_text(57.4) == "57");
  CHECK(rate_text(123'456) == "123k");
  CHECK(rate_text(12'345'678) == "12.3M");
}
