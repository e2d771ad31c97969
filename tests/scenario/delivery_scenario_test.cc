// SPDX-License-Identifier: MIT
// In what order messages are delivered, and how they travel together.
#include "tests/support/catch.h"
#include "tests/support/script.h"

using namespace std::chrono_literals;
using namespace dgram;
using dgram::test::end;
using dgram::test::script;

namespace {

constexpr end client = end::client;
constexpr end server = end::server;

send_options ordered_on(std::uint8_t channel, duration deadline = 10s) {
  return {.mode = delivery_mode::ordered, .channel = {channel}, .deadline = deadline};
}

send_options sequenced_on(std::uint8_t channel) {
  return {.mode = delivery_mode::sequenced, .channel = {channel}};
}

void become_acquainted(script& s) {
  s.request(client, "hello").advance(1s).expect_message(server, "hello");
  s.expect_answer(client, "hello", "re: hello").forget_datagrams();
}

}  // namespace

TEST_CASE("ordered messages are delivered in order, and another channel does not wait", "[scenario]") {
  script s;
  become_acquainted(s);
  s.lose(client).send(client, "first", ordered_on(1)).advance(1ms);
  s.send(client, "second", ordered_on(1)).advance(1ms).send(client, "elsewhere", ordered_on(2));
  s.advance(15ms).expect_message(server, "elsewhere").expect_no_message(server);
  s.advance(200ms).expect_message(server, "first").expect_message(server, "second");
}

TEST_CASE("an unordered message does not wait for a lost one before it", "[scenario]") {
  script s;
  become_acquainted(s);
  s.lose(client).send(client, "first").advance(1ms).send(client, "second");
  s.advance(11ms).expect_message(server, "second");
  s.advance(200ms).expect_message(server, "first");
}

TEST_CASE("a sequenced message older than the newest is dropped and counted", "[scenario]") {
  script s;
  become_acquainted(s);
  s.change_link(client, {.delay = 40ms}).send(client, "old", sequenced_on(3)).expect_datagram(client);
  s.change_link(client, {.delay = 10ms, .reorder = 1}).send(client, "new", sequenced_on(3));
  s.advance(15ms).expect_message(server, "new");
  s.advance(500ms).expect_no_message(server);
  s.expect_discarded(server, discard_reason::stale_sequenced, 1);
}

TEST_CASE("many small messages leave in one datagram and are acknowledged in one", "[scenario]") {
  script s;
  become_acquainted(s);
  for (int i = 0; i < 100; ++i) s.send(client, "temperature");
  s.advance(200ms).expect_datagrams(client, 2).expect_datagrams(server, 1);
  for (int i = 0; i < 100; ++i) s.expect_message(server, "temperature");
  s.expect_silence();
}

TEST_CASE("a lone message leaves at once and does not wait for company", "[scenario]") {
  script s;
  s.send(client, "alone").expect_datagram(client);
  s.advance(10ms).expect_message(server, "alone");
}

TEST_CASE("a reply carries the acknowledgement of its request", "[scenario]") {
  script s;
  become_acquainted(s);
  s.request(client, "time?").advance(12ms).expect_datagram(client).expect_datagram(server).expect_silence();
}

TEST_CASE("an expired ordered message does not block its channel", "[scenario]") {
  script s;
  become_acquainted(s);
  s.change_link(client, {.delay = 10ms, .loss = 1}).send(client, "too late", ordered_on(1, 100ms));
  s.advance(101ms).expect_outcome(client, "too late", outcome::expired);
  s.change_link(client, {.delay = 10ms}).send(client, "in time", ordered_on(1));
  s.advance(1s).expect_message(server, "in time").expect_outcome(client, "in time", outcome::delivered);
}

TEST_CASE("messages that wait behind one that expires are delivered once it has", "[scenario]") {
  script s;
  become_acquainted(s);
  s.change_link(client, {.delay = 10ms, .loss = 1}).send(client, "given up", ordered_on(1, 15ms));
  s.expect_datagram(client).change_link(client, {.delay = 10ms}).send(client, "behind it", ordered_on(1));
  s.advance(12ms).expect_no_message(server);
  s.advance(1s).expect_outcome(client, "given up", outcome::expired).expect_message(server, "behind it");
}

TEST_CASE("an ordered message given up after its last try does not block its channel", "[scenario]") {
  script s;
  become_acquainted(s);
  s.lose(client).send(client, "one try", {.mode = delivery_mode::ordered, .channel = {1}, .max_tries = 1});
  s.expect_datagram(client);
  for (const char* text : {"a", "b", "c"}) s.send(client, text).advance(1ms).expect_datagram(client);
  s.advance(100ms).expect_message(server, "a").expect_message(server, "b").expect_message(server, "c");
  s.send(client, "behind it", ordered_on(1)).advance(1s).expect_message(server, "behind it");
}

TEST_CASE("what frees a channel is taken although its room is full of what waits for it", "[scenario]") {
  script s({.board = {.session = {.receive_buffer = 64 * 1024}}});
  become_acquainted(s);
  s.change_link(client, {.delay = 10ms, .loss = 1}).send(client, "given up", ordered_on(1, 15ms));
  s.expect_datagram(client).change_link(client, {.delay = 10ms});
  for (int i = 0; i < 80; ++i) s.send(client, std::to_string(i) + std::string(1100, 'x'), ordered_on(1));
  s.advance(5s);
  for (int i = 0; i < 80; ++i) s.expect_message(server, std::to_string(i) + std::string(1100, 'x'));
}

TEST_CASE("both ends send at once and each message arrives once", "[scenario]") {
  script s;
  become_acquainted(s);
  for (const char* text : {"a", "b", "c"}) s.request(client, text).request(server, text).advance(3ms);
  s.advance(500ms);
  for (const char* text : {"a", "b", "c"}) {
    s.expect_message(server, text).expect_message(client, text);
    s.expect_answer(client, text, std::string("re: ") + text);
    s.expect_answer(server, text, std::string("re: ") + text);
  }
  s.expect_no_message(client).expect_no_message(server);
}

TEST_CASE("an empty message and one of the greatest size arrive as they are", "[scenario]") {
  script s;
  const std::string greatest(max_whole_message, 'm');
  s.request(client, "").request(client, greatest).advance(1s);
  s.expect_message(server, "").expect_message(server, greatest);
  s.expect_answer(client, "", "re: ");
}

TEST_CASE("a message above the greatest size is refused when it is sent", "[scenario]") {
  script s;
  CHECK_THROWS_WITH(s.send(client, std::string(max_message_size + 1, 'm')), ContainsSubstring("too"));
}
