// SPDX-License-Identifier: MIT
#include <algorithm>
#include <string>

#include "apps/metrics/metrics_text.h"
#include "tests/support/catch.h"

using namespace dgram;
using namespace dgram::app;
using namespace dgram::app::metrics;
using namespace std::chrono_literals;

namespace {

figures sample(std::size_t peers) {
  figures f;
  f.totals.udp = true;
  f.totals.peers = 7;
  f.totals.messages = 12;
  f.totals.over_udp.bytes_received = 4096;
  f.totals.over_udp.discarded.count(discard_reason::malformed);
  f.peer_count = peers;
  for (std::size_t i = 1; i <= std::min(peers, most_peers); ++i) {
    peer_figures one;
    one.number = i;
    one.transport = "UDP";
    one.address = "127.0.0.1:5000";
    one.messages = 3;
    one.idle = 1500ms;
    one.statistics.smoothed_round_trip = 250us;
    f.peers.push_back(one);
  }
  return f;
}

std::size_t lines_with(const std::string& text, const std::string& part) {
  std::size_t found = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++found;
  return found;
}

}  // namespace

TEST_CASE("Totals and peers are there with their labels and base units") {
  const std::string text = metrics_text(sample(1));
  CAPTURE(text);
  CHECK_THAT(text, ContainsSubstring("\ndgram_requests_total 12\n"));
  CHECK_THAT(text, ContainsSubstring("\ndgram_received_bytes_total{transport=\"UDP\"} 4096\n"));
  CHECK_THAT(text, ContainsSubstring("\ndgram_discarded_total{transport=\"UDP\",reason=\"malformed\"} 1\n"));
  const std::string who = "{peer=\"1\",transport=\"UDP\",address=\"127.0.0.1:5000\",name=\"\"} ";
  CHECK_THAT(text, ContainsSubstring("\ndgram_peer_messages_total" + who + "3\n"));
  CHECK_THAT(text, ContainsSubstring("\ndgram_peer_idle_seconds" + who + "1.5\n"));
  CHECK_THAT(text, ContainsSubstring("\ndgram_peer_round_trip_seconds" + who + "0.00025\n"));
  CHECK(lines_with(text, "transport=\"TCP\"") == 0);
}

TEST_CASE("Each metric has one line of help and one of type") {
  const std::string text = metrics_text(sample(2));
  CHECK(lines_with(text, "# HELP dgram_") > 30);
  CHECK(lines_with(text, "# HELP dgram_") == lines_with(text, "# TYPE dgram_"));
}

TEST_CASE("A name cannot end its label or its line") {
  figures f = sample(1);
  f.peers[0].name = "a\"} 1\nevil_total{x=\"\\";
  const std::string text = metrics_text(f);
  CAPTURE(text);
  CHECK_THAT(text, ContainsSubstring("name=\"a\\\"} 1\\nevil_total{x=\\\"\\\\\"} 3\n"));
  CHECK(lines_with(text, "\nevil") == 0);
  f.peers[0].name = "\xff阿达";
  CHECK_THAT(metrics_text(f), ContainsSubstring("name=\"\\\\xFF阿达\"}"));
}

TEST_CASE("Peers beyond the first thousand are counted as left out") {
  const std::string text = metrics_text(sample(1234));
  CHECK_THAT(text, ContainsSubstring("\ndgram_peers 1234\n"));
  CHECK_THAT(text, ContainsSubstring("\ndgram_peers_left_out 234\n"));
  CHECK(lines_with(text, "\ndgram_peer_idle_seconds{") == 1000);
}

TEST_CASE("A plain peer has no loss and no retries to show") {
  figures f = sample(1);
  f.peers[0].plain = true;
  f.peers[0].statistics = {};
  const std::string text = metrics_text(f);
  CHECK(lines_with(text, "\ndgram_peer_messages_total{") == 1);
  CHECK(lines_with(text, "\ndgram_peer_loss_ratio{") == 0);
  CHECK(lines_with(text, "\ndgram_peer_retransmitted_total{") == 0);
  CHECK(lines_with(text, "\ndgram_peer_round_trip_seconds{") == 0);
}

TEST_CASE("Of TCP nothing is claimed that TCP keeps to itself") {
  figures f = sample(0);
  f.totals.udp = false;
  f.totals.tcp = true;
  const std::string text = metrics_text(f);
  CHECK(lines_with(text, "\ndgram_received_bytes_total{transport=\"TCP\"} 0\n") == 1);
  CHECK(lines_with(text, "dgram_packets_lost_total") == 0);
  CHECK(lines_with(text, "dgram_messages_retransmitted_total") == 0);
  CHECK(lines_with(text, "UDP\"") == 0);
}
