// SPDX-License-Identifier: MIT
// A session whose first datagrams reach two incarnations of the server: neither may be taken for the other.
#include "tests/support/catch.h"
#include "tests/support/script.h"

using namespace std::chrono_literals;
using namespace dgram;
using dgram::test::end;
using dgram::test::script;

namespace {

constexpr end client = end::client;
constexpr end server = end::server;

}  // namespace

TEST_CASE("an acknowledgement for the server before its restart is not taken by the one after",
          "[scenario]") {
  script s;
  s.send(client, "one").advance(5ms).send(client, "two").advance(5ms).expect_message(server, "one");
  s.send(server, "before the restart").advance(1ms).restart(server);
  // The second datagram was sent before the client heard anything: the session begins there once more.
  s.advance(4ms).expect_message(server, "two").lose(server).send(server, "after the restart");
  s.advance(21ms).expect_message(client, "before the restart");
  s.advance(5s);
  s.expect(s.outcome_of(server, "after the restart") != outcome::delivered,
           "what was lost is not said to be delivered");
}

TEST_CASE("a request in a new session to a server heard before is run by one incarnation only",
          "[scenario]") {
  script s;
  s.request(client, "hello").advance(35s).expect_message(server, "hello");
  s.expect_answer(client, "hello", "re: hello").expect_session_end(client, end_reason::idle);
  s.lose(server).request(client, "pay").advance(15ms).expect_message(server, "pay");
  s.restart(server).advance(3s).expect_no_message(server).expect_outcome(client, "pay", outcome::unknown);
  s.request(client, "again").advance(1s).expect_message(server, "again");
  s.expect_answer(client, "again", "re: again");
}
