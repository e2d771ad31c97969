// SPDX-License-Identifier: MIT
// What is lost comes again, at the right moment, and only what was lost.
#include "tests/support/catch.h"
#include "tests/support/script.h"

using namespace std::chrono_literals;
using namespace dgram;
using dgram::test::end;
using dgram::test::script;

namespace {

constexpr end client = end::client;
constexpr end server = end::server;

// An exchange that leaves both ends with a round trip of 20 ms and nothing to say.
void become_acquainted(script& s) {
  s.request(client, "hello").advance(1s).expect_message(server, "hello");
  s.expect_answer(client, "hello", "re: hello").forget_datagrams();
}

}  // namespace

TEST_CASE("a lost request is repeated after the initial timeout and answered", "[scenario]") {
  script s;
  s.lose(client).request(client, "hello").expect_datagram(client);
  s.advance(224ms).expect_silence();
  // 250 ms, give or take a tenth.
  s.advance(52ms).expect_datagram(client);
  s.advance(30ms).expect_message(server, "hello").expect_answer(client, "hello", "re: hello");
  s.expect(s.total(client).messages_retransmitted == 1, "it was repeated once");
}

TEST_CASE("a lost reply is repeated without running the request again", "[scenario]") {
  script s;
  s.lose(server).request(client, "pay").advance(15ms).expect_message(server, "pay");
  s.expect_no_outcome(client);
  s.advance(600ms).expect_answer(client, "pay", "re: pay").expect_no_message(server);
}

TEST_CASE("a gap is acknowledged at once and repaired without waiting for the timer", "[scenario]") {
  script s;
  become_acquainted(s);
  s.lose(client).send(client, "a").advance(1ms);
  for (const char* text : {"b", "c", "d"}) s.send(client, text).advance(1ms);
  s.expect_datagrams(client, 4).expect_silence();
  // b arrives at 11 ms and shows the gap.
  s.advance(7ms).expect_datagram(server).expect_message(server, "b");
  // d arrives at 13 ms, its acknowledgement at 23 ms, a's repetition at 33 ms.
  s.advance(23ms).expect_message(server, "c").expect_message(server, "d").expect_message(server, "a");
  s.expect(s.total(client).probe_timeouts == 0, "no timer was needed");
}

TEST_CASE("reordering by a few packets repeats nothing", "[scenario]") {
  script s;
  become_acquainted(s);
  s.change_link(client, {.delay = 10ms, .reorder = 1, .reorder_least = 2ms, .reorder_most = 2ms});
  s.send(client, "overtaken").expect_datagram(client);
  s.change_link(client, {.delay = 10ms}).send(client, "overtaking").expect_datagram(client);
  s.advance(500ms).expect_message(server, "overtaking").expect_message(server, "overtaken");
  s.expect(s.total(client).messages_retransmitted == 0, "nothing was repeated");
}

TEST_CASE("while nothing is heard the waits grow and stay near two seconds", "[scenario]") {
  script s;
  s.change_link(client, {.loss = 1}).request(client, "anybody?", {.deadline = 20s}).advance(20s + 1ms);
  s.expect_outcome(client, "anybody?", outcome::expired);
  const std::vector<duration>& at = s.sent_at(client);
  // 250, 375, 563, 1125 ms, then 2 s each, give or take a tenth: 13 datagrams in 20 s.
  s.expect(at.size() >= 12 && at.size() <= 14, "12 to 14 tries, not " + std::to_string(at.size()));
  for (std::size_t i = 2; i < at.size(); ++i) {
    const duration earlier = at[i - 1] - at[i - 2];
    const duration wait = at[i] - at[i - 1];
    s.expect(wait <= 2200ms, "wait " + std::to_string(i) + " is at most 2 s and a tenth");
    s.expect(wait > earlier || wait >= 1800ms, "wait " + std::to_string(i) + " is longer than that before");
  }
}

TEST_CASE("a message that nobody acknowledges expires at its deadline and not before", "[scenario]") {
  script s;
  s.change_link(client, {.loss = 1}).request(client, "anybody?", {.deadline = 5s});
  s.advance(5s - 1ms).expect_no_outcome(client);
  s.advance(2ms).expect_outcome(client, "anybody?", outcome::expired);
}

TEST_CASE("a message is sent no more often than it was allowed", "[scenario]") {
  script s;
  s.change_link(client, {.loss = 1}).send(client, "thrice", {.max_tries = 3});
  s.advance(10s).expect_outcome(client, "thrice", outcome::expired).expect_datagrams(client, 3);
}

TEST_CASE("a reply that takes long is waited for, and its request is not repeated", "[scenario]") {
  script s({.reply_after = 3s});
  s.request(client, "think").advance(2900ms).expect_message(server, "think").expect_no_outcome(client);
  s.advance(200ms).expect_answer(client, "think", "re: think");
  s.expect(s.total(client).messages_retransmitted == 0, "the request was sent once");
}

TEST_CASE("a request that is acknowledged but never replied to is unanswered at its deadline", "[scenario]") {
  script s({.reply_after = {}});
  s.request(client, "well?", {.deadline = 2s}).advance(1999ms).expect_no_outcome(client);
  s.advance(2ms).expect_outcome(client, "well?", outcome::unanswered).expect_message(server, "well?");
}

TEST_CASE("a message sent once is told lost when later ones are acknowledged, and not repeated",
          "[scenario]") {
  script s;
  become_acquainted(s);
  s.lose(client).send(client, "frame 1", {.mode = delivery_mode::unreliable}).advance(5ms);
  s.send(client, "a").advance(5ms).send(client, "b").advance(5ms).send(client, "c").advance(500ms);
  s.expect_outcome(client, "a", outcome::delivered).expect_outcome(client, "frame 1", outcome::lost);
  s.expect_message(server, "a").expect_message(server, "b").expect_message(server, "c");
  s.expect_no_message(server);
}

TEST_CASE("an outage of one direction delays the answer and runs the request once", "[scenario]") {
  script s;
  become_acquainted(s);
  s.change_link(server, {.delay = 10ms, .loss = 1}).request(client, "pay").advance(5s);
  s.expect_message(server, "pay").expect_no_outcome(client);
  s.change_link(server, {.delay = 10ms}).advance(2500ms).expect_answer(client, "pay", "re: pay");
  s.expect_no_message(server);
}

TEST_CASE("a path on which all is acknowledged is silent", "[scenario]") {
  script s;
  become_acquainted(s);
  s.advance(20s).expect_silence();
}
