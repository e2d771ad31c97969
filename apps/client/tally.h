// SPDX-License-Identifier: MIT
// What became of a run's messages.
#pragma once

#include <cstdint>
#include <string>
#include <system_error>

#include "apps/cli/latency_histogram.h"
#include "udp/core/message.h"

namespace dgram::app {

struct tally {
  std::uint64_t sent = 0;  // handed to the transport
  std::uint64_t answered = 0;
  // Why the others were not.
  std::uint64_t no_reply = 0;    // acknowledged, but no reply came
  std::uint64_t expired = 0;     // nothing came
  std::uint64_t lost = 0;        // sent once, and lost
  std::uint64_t refused = 0;     // the peer said no, or was gone before it was sent
  std::uint64_t unknown = 0;     // it may or may not have been run
  std::uint64_t too_large = 0;   // not sent
  std::uint64_t given_up = 0;    // still waiting when the run ended
  std::uint64_t never_sent = 0;  // not even tried: the server was lost, or too much waited
  latency_histogram latency;

  void resolved(std::error_code, const delivery_report&, duration latency);
  std::uint64_t unanswered() const {
    return no_reply + expired + lost + refused + unknown + too_large + given_up + never_sent;
  }
  // "3 without an answer, 256 that may or may not have been run".
  std::string reasons() const;
};

}  // namespace dgram::app
