// SPDX-License-Identifier: MIT
#include "udp/core/address_gate.h"

#include "tests/support/catch.h"

using namespace dgram;

TEST_CASE("whoever chose the address itself may send as much as it likes") {
  address_gate gate;
  gate.sent(1000000);
  CHECK(gate.open());
  CHECK(gate.allowance() > 1000000);
}

TEST_CASE("until the token comes back at most three times the bytes received are sent (RFC 9000 section 8)") {
  address_gate gate(0x1234);
  CHECK(gate.allowance() == 0);
  gate.received(400);
  CHECK(gate.allowance() == 1200);
  gate.sent(1000);
  CHECK(gate.allowance() == 200);
  gate.sent(300);
  CHECK(gate.allowance() == 0);
  gate.received(400);
  CHECK(gate.allowance() == 1100);
}

TEST_CASE("only the right token opens the gate, and it stays open") {
  address_gate gate(0x1234);
  gate.echoed(0);
  gate.echoed(0x1235);
  CHECK_FALSE(gate.open());
  gate.echoed(0x1234);
  CHECK(gate.open());
  gate.echoed(0);
  CHECK(gate.open());
  CHECK(gate.allowance() > 1000000000);
}
