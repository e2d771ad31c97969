// SPDX-License-Identifier: MIT
// How sessions begin, end, and are not begun anew.
#include "tests/support/catch.h"
#include "tests/support/script.h"

using namespace std::chrono_literals;
using namespace dgram;
using dgram::test::end;
using dgram::test::script;

namespace {

constexpr end client = end::client;
constexpr end server = end::server;

void become_acquainted(script& s) {
  s.request(client, "hello").advance(1s).expect_message(server, "hello");
  s.expect_answer(client, "hello", "re: hello").forget_datagrams();
}

}  // namespace

TEST_CASE("the first datagram carries the first message", "[scenario]") {
  script s;
  s.request(client, "hello").advance(10ms).expect_datagram(client).expect_message(server, "hello");
  s.advance(10ms).expect_answer(client, "hello", "re: hello");
}

TEST_CASE("a restarted server says unknown session and never runs the request twice", "[scenario]") {
  script s;
  become_acquainted(s);
  s.lose(server).request(client, "pay").advance(15ms).expect_message(server, "pay");
  s.restart(server).advance(3s).expect_no_message(server);
  s.expect_outcome(client, "pay", outcome::unknown).expect_session_end(client, end_reason::peer_restarted);
  s.request(client, "again").advance(1s).expect_message(server, "again");
  s.expect_answer(client, "again", "re: again");
}

TEST_CASE("a request first sent before any word of the server may run once in each of its incarnations",
          "[scenario]") {
  // The limit of what can be known without a journal; docs/design.md says so.
  script s;
  s.lose(server).request(client, "pay").advance(15ms).expect_message(server, "pay");
  s.restart(server).advance(3s).expect_message(server, "pay").expect_no_message(server);
  s.expect_answer(client, "pay", "re: pay");
}

TEST_CASE("a message that a restarted server cannot have seen is delivered in a new session", "[scenario]") {
  script s;
  become_acquainted(s);
  s.restart(server).advance(1s).request(client, "anew").advance(1s);
  s.expect_session_end(client, end_reason::peer_restarted);
  s.expect_message(server, "anew").expect_answer(client, "anew", "re: anew").expect_no_message(server);
}

TEST_CASE("an idle session ends by itself and the next message begins a new one", "[scenario]") {
  script s;
  become_acquainted(s);
  s.expect_sessions(client, 1).expect_sessions(server, 1);
  s.advance(28s).expect_no_session_end(client);
  s.advance(3s).expect_session_end(client, end_reason::idle).expect_no_session_end(server);
  s.advance(30s).expect_session_end(server, end_reason::idle).expect_sessions(server, 0);
  s.expect_silence();
  s.request(client, "anew").advance(100ms).expect_message(server, "anew");
  s.expect_answer(client, "anew", "re: anew").expect_sessions(server, 1);
}

TEST_CASE("a client that begins a new session after an idle time is served while the old one is remembered",
          "[scenario]") {
  script s;
  become_acquainted(s);
  s.advance(35s).expect_session_end(client, end_reason::idle).expect_no_session_end(server);
  s.request(client, "back").advance(100ms).expect_message(server, "back");
  s.expect_answer(client, "back", "re: back");
}

TEST_CASE("a closed session cannot be begun anew by a late datagram", "[scenario]") {
  script s;
  s.send(client, "once").advance(100ms).expect_message(server, "once");
  s.close(client).advance(100ms).expect_session_end(server, end_reason::closed_by_peer);
  s.expect_sessions(server, 0);
  s.repeat(client, 1).advance(1s).expect_no_message(server).expect_sessions(server, 0);
}

TEST_CASE("closing gives every message that has none its outcome", "[scenario]") {
  script s({.reply_after = {}});
  s.request(client, "taken").advance(1s).expect_message(server, "taken");
  s.change_link(client, {.loss = 1}).send(client, "under way").advance(1ms).send(client, "never sent");
  s.close(client);
  s.expect_outcome(client, "taken", outcome::unknown).expect_outcome(client, "under way", outcome::unknown);
  s.expect_outcome(client, "never sent", outcome::refused).expect_no_outcome(client);
}

TEST_CASE("a datagram that comes twice is discarded as a duplicate", "[scenario]") {
  script s;
  s.send(client, "once").advance(100ms).expect_message(server, "once");
  s.repeat(client, 1).advance(100ms).expect_no_message(server);
  s.expect_discarded(server, discard_reason::duplicate, 1);
}

TEST_CASE("a known session heard from a stranger's address is discarded and counted", "[scenario]") {
  script s;
  s.send(client, "mine").advance(100ms).expect_message(server, "mine").forget_datagrams();
  const address stranger{.ip = {0xfd, 0, 9}, .port = 1};
  s.repeat(client, 1, stranger).advance(1s).expect_no_message(server).expect_silence();
  s.expect_discarded(server, discard_reason::wrong_address, 1);
}

TEST_CASE("an address that has not echoed its token is sent at most three times what it sent", "[scenario]") {
  script s({.reply_after = {}});
  for (const char* text : {"1", "2", "3", "4", "5", "6"}) s.request(client, text);
  s.advance(10ms).change_link(client, {.loss = 1});
  for (const char* text : {"1", "2", "3", "4", "5", "6"}) s.reply(server, text, std::string(500, 'r'));
  s.advance(8s).close(server).advance(1s);
  // The datagram that says "closed" counts, too.
  const std::size_t received = s.sent(client).front().size();
  std::size_t sent = 0;
  for (const auto& datagram : s.sent(server)) sent += datagram.size();
  s.expect(sent > received, "it does answer");
  s.expect(sent <= 3 * received, std::to_string(sent) + " bytes for " + std::to_string(received) +
                                     " are not more than three times as many");
}

TEST_CASE("a damaged datagram is discarded and counted, never delivered", "[scenario]") {
  script s;
  s.change_link(client, {.delay = 10ms, .corrupt = 1}).send(client, "handle with care").advance(100ms);
  s.expect_no_message(server);
  s.expect(s.total(server).discarded.total() == 1, "one datagram is counted as discarded");
  s.change_link(client, {.delay = 10ms}).advance(1s).expect_message(server, "handle with care");
}
