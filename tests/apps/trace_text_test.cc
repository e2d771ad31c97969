// SPDX-License-Identifier: MIT
#include "apps/client/trace_text.h"

#include <string>

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

TEST_CASE("a trace line says of every datagram that left why it did") {
  const auto line = [](send_cause cause) {
    const trace_record record{.happened = trace_record::what::sent,
                              .when = {},
                              .session = {},
                              .packet = {1},
                              .bytes = 64,
                              .messages = 1,
                              .cause = cause,
                              .round_trip = {},
                              .discard = {}};
    return app::to_text(record, {}).substr(std::string("      0.000 ms  ").size());
  };
  CHECK(line(send_cause::fresh) == "sent          #1   64 B, 1 message");
  CHECK(line(send_cause::loss) == "sent again    #1   64 B, 1 message, because a datagram was lost");
  CHECK(line(send_cause::asked) == "sent again    #1   64 B, 1 message, because the request came again");
  CHECK(line(send_cause::ride) == "sent again    #1   64 B, 1 message, ahead of a loss");
  CHECK(line(send_cause::acknowledgement) == "sent          #1   64 B, 1 message, to acknowledge");
  CHECK(line(send_cause::handshake) == "sent          #1   64 B, 1 message, to begin the session");
}
