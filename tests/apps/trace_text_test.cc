// SPDX-License-Identifier: MIT
#include "apps/client/trace_text.h"

#include "tests/support/catch.h"

using namespace dgram;
using namespace std::chrono_literals;

TEST_CASE("a trace line says when, what, which datagram, and why it went again") {
  const time_point start{};
  trace_record record{.happened = trace_record::what::sent,
                      .when = start + 250ms,
                      .session = {},
                      .packet = {7},
                      .bytes = 64,
                      .messages = 1,
                      .cause = send_cause::probe,
                      .round_trip = {},
                      .discard = {}};
  CHECK(app::to_text(record, start) ==
        "    250.000 ms  sent again    #7   64 B, 1 message, because no acknowledgement came in time");
  record.happened = trace_record::what::acknowledged;
  record.round_trip = 210us;
  CHECK(app::to_text(record, start) == "    250.000 ms  acknowledged  #7   after 0.21 ms");
}
