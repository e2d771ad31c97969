// SPDX-License-Identifier: MIT
// Every tunable of the core: unit, default, and why.
#pragma once

#include <cstddef>
#include <cstdint>

#include "udp/core/congestion.h"
#include "udp/core/message.h"
#include "udp/core/time.h"

namespace dgram {

struct session_options {
  // Wait before the first repetition while the path was never measured.
  duration initial_timeout = std::chrono::milliseconds(250);
  // Bytes of messages waiting or in flight at most, per session; beyond it `send` says would_block. At least
  // one message is always taken.
  std::size_t send_buffer = 34 * 1024 * 1024;
  // Bytes of messages that wait here for the rest of themselves, for an earlier one, or for the user. It is
  // what the sender is granted. At least max_message_size, or the largest messages never come, and each one
  // that is sent holds up its session's other reliable messages until its deadline; twice as much, or they do
  // not follow one another without a pause. The account of the fragments is charged to it too: up to 65 KiB
  // for a message (assembly::cost).
  std::size_t receive_buffer = 34 * 1024 * 1024;
  congestion_algorithm congestion = congestion_algorithm::bbr;
  dgram::redundancy redundancy = redundancy::automatic();
  // Bytes of ride-alongs in one datagram at most.
  std::size_t redundancy_bytes = 900;
  // No datagram is larger. Above max_datagram_size: probed for. At least 548 (path_mtu::smallest).
  std::size_t largest_datagram = dgram::largest_datagram;
  // A ping after so much silence, so that a way through a NAT stays open; 0: none.
  duration keep_alive{0};
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
