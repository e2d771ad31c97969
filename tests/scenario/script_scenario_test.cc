// SPDX-License-Identifier: MIT
// The scripts themselves: a failure must tell what was done, what happened and with which seed.
#include "tests/support/catch.h"
#include "tests/support/script.h"

using namespace std::chrono_literals;
using namespace dgram;
using dgram::test::end;
using dgram::test::script;
using dgram::test::script_failure;

TEST_CASE("an expectation that does not hold shows the numbered history and the seed", "[script]") {
  script s({.seed = 42});
  s.send(end::client, "hello").advance(15ms);
  std::string shown;
  try {
    s.expect_message(end::server, "goodbye");
  } catch (const script_failure& failure) {
    shown = failure.what();
  }
  CHECK_THAT(shown, ContainsSubstring("step 3 failed: the next message there is \"hello\""));
  CHECK_THAT(shown, ContainsSubstring("seed " + std::to_string(s.seed())));
  CHECK_THAT(shown, ContainsSubstring("1. client sends \"hello\", reliable"));
  CHECK_THAT(shown, ContainsSubstring("2. advance 15.000 ms"));
  CHECK_THAT(shown, ContainsSubstring("10.000 ms  server gets \"hello\""));
  CHECK_THAT(shown, ContainsSubstring("3. expect \"goodbye\" at the server"));
}

TEST_CASE("what was not expected is noticed", "[script]") {
  script s;
  s.send(end::client, "hello");
  CHECK_THROWS_AS(s.expect_silence(), script_failure);
  s.advance(15ms);
  CHECK_THROWS_AS(s.expect_no_message(end::server), script_failure);
  CHECK_THROWS_AS(s.expect_message(end::client, "hello"), script_failure);
  CHECK_THROWS_AS(s.expect_datagrams(end::client, 2), script_failure);
  CHECK_THROWS_AS(s.reply(end::server, "no such request", "reply"), script_failure);
}
