// SPDX-License-Identifier: MIT
#include "apps/cli/statistics_text.h"

#include "tests/support/catch.h"

using namespace dgram;
using namespace dgram::app;
using namespace std::chrono_literals;

TEST_CASE("where nothing happened there is nothing to say") {
  CHECK(transport_rows({}).empty());
  CHECK(discards_text({}) == "0 discarded");
}

TEST_CASE("a clean run says what a message cost and what the path is like") {
  statistics s;
  s.messages_sent = 100;
  s.datagrams_sent = 101;
  s.bytes_sent = 9050;
  s.smoothed_round_trip = 41ms;
  s.least_round_trip = 40ms;
  s.datagram_size = 1472;
  s.congestion_window = 30000;
  s.sessions_opened = 1;
  CHECK(transport_rows(s) ==
        "\nper message  1.01 datagrams, 91 B"
        "\npath         round trip 41 ms, 1 ms of it in queues, datagrams of 1472 B"
        "\nsending      window 30 kB");
  s.sessions_opened = 2;
  CHECK_THAT(transport_rows(s), ContainsSubstring("datagrams of 1472 B (latest session)"));
}

TEST_CASE("a bad run explains each copy that left") {
  statistics s;
  s.packets_lost = 12;
  s.spurious_losses = 1;
  s.probe_timeouts = 1;
  s.loss_rate = 0.0512;
  s.messages_retransmitted = 14;
  s.resent_lost = 8;
  s.resent_probe = 2;
  s.resent_request = 1;
  s.resent_ride = 3;
  s.losses_repaired = 5;
  s.redundancy_bytes = 1234;
  s.redundancy_copies = 2;
  s.duplicates_received = 3;
  s.replies_repeated = 1;
  s.fragments_sent = 10;
  s.fragments_received = 20;
  s.deepest_reordering = 1;
  s.congestion_marks = 2;
  s.path_changes = 1;
  s.black_holes = 1;
  s.congestion_window = 30000;
  s.bytes_in_flight = 2400;
  s.pacing_rate = 3'000'000;
  s.peer_credit = 34'000'000;
  CHECK(transport_rows(s) ==
        "\nlost         12 datagrams, 1 of them only late, 1 timeout, 5.1 % of the latest"
        "\nsent again   14 copies: 8 after a loss, 2 after a timeout, 1 asked for again, 3 rode along"
        "\nredundancy   5 losses repaired without waiting, 1.23 kB of "
        "copies, "
        "2 copies of each now"
        "\nduplicates   3 dropped, 1 reply sent again for a request that came again"
        "\nfragments    10 sent, 20 received"
        "\novertaken    by 1 datagram at most"
        "\nmarked       2 datagrams by a router whose queue grew (ECN)"
        "\nchanges      1 change of address, large datagrams began to vanish 1 time"
        "\nsending      window 30 kB, 2.4 kB in flight, paced at 3 MB/s, the peer has room for 34 MB");
}

TEST_CASE("causes that never came about are left out") {
  statistics s;
  s.messages_retransmitted = 3;
  s.resent_ride = 3;
  CHECK(transport_rows(s) == "\nsent again   3 copies: 3 rode along");
}

TEST_CASE("discards are told by reason") {
  discard_counters discarded;
  discarded.count(discard_reason::duplicate);
  discarded.count(discard_reason::duplicate);
  discarded.count(discard_reason::malformed);
  CHECK(discards_text(discarded) == "3 discarded (1 malformed, 2 duplicate)");
}
