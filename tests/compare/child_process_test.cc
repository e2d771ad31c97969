// SPDX-License-Identifier: MIT
#include "apps/compare/child_process.h"

#include <signal.h>
#include <unistd.h>

#include "tests/support/catch.h"

using namespace dgram::app::compare;
using namespace std::chrono_literals;

using ending = child_answer::ending;

TEST_CASE("A child hands over what it found, however long") {
  child_runner children;
  const child_answer answer = children.run([] { return std::string(3'000'000, 'x'); }, 20s);
  CHECK(answer.how == ending::answered);
  CHECK(answer.text == std::string(3'000'000, 'x'));
  CHECK(children.run([] { return std::string("second"); }, 20s).text == "second");
}

TEST_CASE("A child that does not end is ended") {
  child_runner children;
  const auto forever = [] {
    for (;;) ::pause();
    return std::string();
  };
  CHECK(children.run(forever, 20ms).how == ending::overran);
  CHECK(children.run([] { return std::string("the next one"); }, 20s).text == "the next one");
}

TEST_CASE("A child that breaks off is told from one that answered") {
  child_runner children;
  const auto killed = [] {
    ::raise(SIGKILL);
    return std::string("no");
  };
  CHECK(children.run(killed, 20s).how == ending::broke_off);
}

TEST_CASE("A signal ends the child and every later one before it began") {
  child_runner children;
  const pid_t self = ::getpid();
  const auto interrupt_parent = [self] {
    ::kill(self, SIGINT);
    for (;;) ::pause();
    return std::string();
  };
  CHECK(children.run(interrupt_parent, 20s).how == ending::stopped);
  CHECK(children.stopped_by() == SIGINT);
  CHECK(children.run([] { return std::string("never run"); }, 20s).how == ending::stopped);
}
