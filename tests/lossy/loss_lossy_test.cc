// SPDX-License-Identifier: MIT
// Loss at random, over both transports.
#include "tests/lossy/case.h"
#include "tests/support/catch.h"

using namespace dgram;
using namespace dgram::test;
using namespace std::chrono_literals;

namespace {

// Independent loss in both directions.
void lose(double share, transport t) {
  course c;
  c.forth.loss = c.back.loss = share;
  const auto name = std::to_string(static_cast<int>(100 * share)) + " % loss";
  hold(run_case(name, c, t), bars_of(c, t, independent(share), independent(share)));
}

}  // namespace

TEST_CASE("at no loss messages hold their promises over UDP") {
  lose(0, transport::udp);
}
TEST_CASE("at no loss messages hold their promises over TCP") {
  lose(0, transport::tcp);
}
TEST_CASE("at 1 % loss each way messages hold their promises over UDP") {
  lose(0.01, transport::udp);
}
TEST_CASE("at 1 % loss each way messages hold their promises over TCP") {
  lose(0.01, transport::tcp);
}
TEST_CASE("at 5 % loss each way messages hold their promises over UDP") {
  lose(0.05, transport::udp);
}
TEST_CASE("at 5 % loss each way messages hold their promises over TCP") {
  lose(0.05, transport::tcp);
}
TEST_CASE("at 10 % loss each way messages hold their promises over UDP") {
  lose(0.1, transport::udp);
}
TEST_CASE("at 10 % loss each way messages hold their promises over TCP") {
  lose(0.1, transport::tcp);
}
TEST_CASE("at 20 % loss each way messages hold their promises over UDP") {
  lose(0.2, transport::udp);
}
TEST_CASE("at 20 % loss each way messages hold their promises over TCP") {
  lose(0.2, transport::tcp);
}
TEST_CASE("at 40 % loss each way messages hold their promises over UDP") {
  lose(0.4, transport::udp);
}
TEST_CASE("at 40 % loss each way messages hold their promises over TCP") {
  lose(0.4, transport::tcp);
}
