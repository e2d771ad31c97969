// SPDX-License-Identifier: MIT
// A line's worth of what happened to one datagram, for whoever wants to watch. Off unless asked for.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>

#include "udp/core/ids.h"
#include "udp/core/statistics.h"
#include "udp/core/time.h"

namespace dgram {

enum class send_cause : std::uint8_t { fresh, loss, probe, asked, ride, acknowledgement, handshake };
std::string_view to_string(send_cause);

struct trace_record {
  enum class what : std::uint8_t { sent, received, acknowledged, lost, discarded, timeout };
  what happened;
  time_point when;
  session_id session;
  packet_number packet;
  std::size_t bytes = 0;       // of the datagram
  std::uint32_t messages = 0;  // in the datagram
  send_cause cause{};          // sent: why
  duration round_trip{0};      // acknowledged: since it was sent
  discard_reason discard{};    // discarded: why
};

using trace_sink = std::function<void(const trace_record&)>;

}  // namespace dgram
