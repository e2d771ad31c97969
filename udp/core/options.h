// SPDX-License-Identifier: MIT
// Every tunable of the core: unit, default, and why.
#pragma once

#include <cstddef>
#include <cstdint>

#include "udp/core/time.h"

namespace dgram {

struct session_options {
  // Wait before the first repetition while the path was never measured.
  duration initial_timeout = std::chrono::milliseconds(250);
  // Datagrams in flight at most. A modest fixed window, until congestion control takes its place.
  std::uint32_t window = 64;
  // Bytes of messages waiting or in flight at most, per session; beyond it `send` says would_block.
  std::size_t send_buffer = 1024 * 1024;
  // Bytes of ordered messages that wait for an earlier one; beyond it datagrams are discarded unacknowledged.
  std::size_t reorder_buffer = 256 * 1024;
  // A responder forgets a session that was silent for this long; an initiator, after half of it.
  duration idle_timeout = std::chrono::seconds(60);
};

struct switchboard_options {
  session_options session;
  // Whether datagrams of unknown sessions may begin one.
  bool accept_sessions = true;
  // Sessions at most. Beyond it the one that was silent longest makes room, unvalidated ones first.
  std::size_t max_sessions = 16384;
  // Bytes of messages held for addresses that have not proved themselves, in all; beyond it such sessions are
  // ended, the one that was silent longest first. A few forged datagrams must not hold much memory.
  std::size_t unproven_bytes = 64 * 1024 * 1024;
  // Ended sessions that are remembered at most, so that a late datagram cannot begin one anew (16 B each).
  std::size_t max_retired = 65536;
};

}  // namespace dgram
