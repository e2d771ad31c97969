// SPDX-License-Identifier: MIT
// What a switchboard holds. Its verbs are in switchboard.cc; which session a datagram belongs to, or may
// begin, is decided in switchboard_admission.cc.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "udp/core/deadline_heap.h"
#include "udp/core/farewell.h"
#include "udp/core/peer_table.h"
#include "udp/core/retired_sessions.h"
#include "udp/core/ring_queue.h"
#include "udp/core/session.h"
#include "udp/core/switchboard.h"
#include "udp/core/turn.h"
#include "udp/core/wire.h"

namespace dgram {

struct switchboard::state {
  state(const switchboard_options& o, random_source r, time_point now)
      : options(o),
        random(std::move(r)),
        epoch(static_cast<std::uint32_t>(random()) | 1U),  // 0 means none
        peers(random()),
        retired(o.max_retired, now, random()) {}

  switchboard_options options;
  random_source random;
  std::uint32_t epoch;
  bool accepting = true;
  bool taking_sessions = true;
  trace_sink trace;
  peer_table peers;
  retired_sessions retired;
  deadline_heap<std::uint32_t> timeouts;
  ring_queue<std::uint32_t> ready;
  ring_queue<farewell> farewells;
  std::vector<std::uint32_t> closed_to;  // peers that were told not to send while messages are not accepted
  ring_queue<event> events;
  std::vector<std::vector<std::byte>> outliving;  // what events of sessions that ended point to
  statistics gone;                                // of peers that are no more, and of what belongs to none

  turn begin(time_point now) { return {now, events, trace}; }
  // A verb after which earlier events are no longer valid.
  turn begin_anew(time_point now) {
    outliving.clear();
    return begin(now);
  }
  auto place() {
    return [this](std::uint32_t n) -> std::uint32_t& { return peers[n].heap_position; };
  }

  session& begin_session(std::uint32_t n, session_id id, time_point now);
  bool make_room(turn& t);
  void settle(std::uint32_t n, turn& t);
  void end_session(std::uint32_t n, end_reason why, time_point safe_since, turn& t);
  void finish_kept(std::uint32_t n, std::vector<outgoing>& kept, end_reason why, turn& t);
  void remove_peer(std::uint32_t n);
  void mark_ready(std::uint32_t n);
  void taken(std::uint32_t n, std::size_t bytes, time_point now);
  void close(std::uint32_t n, turn& t);

  std::optional<discard_reason> dispatch(std::span<const std::byte> datagram, const wire::header& h,
                                         const path& from, bool congestion_marked, turn& t);
  std::optional<discard_reason> take_from(std::uint32_t n, const wire::header& h,
                                          std::span<const std::byte> payload, bool congestion_marked,
                                          turn& t);
  std::optional<discard_reason> heard_elsewhere(std::uint32_t n, const path& from, const wire::header& h,
                                                std::span<const std::byte> payload, turn& t);
  std::optional<discard_reason> take_refusal(std::span<const std::byte> payload, const wire::header& h,
                                             const path& from, turn& t);
  std::optional<discard_reason> admit(std::span<const std::byte> payload, const wire::header& h,
                                      const path& from, turn& t);
  void refuse(const wire::header& h, const path& from, time_point remembers_since, time_point now);
};

}  // namespace dgram
