// SPDX-License-Identifier: MIT
// One switchboard under attack, and what must stay true of it whatever comes in: no message twice within an
// incarnation, one outcome for each accepted send and no later than its deadline, counts that close, spans
// that can be read.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <tuple>
#include <vector>

#include "tests/fuzz/discard_audit.h"
#include "udp/core/switchboard.h"

namespace dgram::fuzz {

class fuzzed_end {
 public:
  fuzzed_end(const address& at, const switchboard_options&, std::uint64_t seed, time_point now);
  fuzzed_end(const fuzzed_end&) = delete;  // the trace points here

  void send(const address& to, std::size_t size, const send_options&, time_point now);
  // The oldest request that waits, or the newest.
  void reply(bool oldest, std::size_t size, time_point now);
  void handle_datagram(std::span<const std::byte>, const address& from, time_point now);
  void handle_timeout(time_point now);
  std::optional<transmit> poll_transmit(time_point now, std::span<std::byte> buffer);
  void close(const address& to, time_point now);
  // From within the next event: the spans of those behind it must survive.
  void close_in_next_event() { close_in_event_ = true; }
  void restart(std::uint64_t seed, time_point now);
  void accept_messages(bool yes) { board_.accept_messages(yes); }

  std::optional<time_point> next_timeout() const { return board_.next_timeout(); }
  const address& at() const { return at_; }
  std::size_t unresolved() const { return unresolved_.size(); }
  void check() const;

 private:
  using delivered_key = std::tuple<bool, session_id, message_id>;

  void drain(time_point now);
  void on(const message_arrived&);
  void on(const message_resolved&, time_point now);

  address at_;
  switchboard_options options_;
  switchboard board_;
  discard_audit audit_;
  bool close_in_event_ = false;
  std::uint64_t next_ticket_ = 0;
  std::map<std::uint64_t, time_point> unresolved_;  // deadline by ticket
  std::set<peer_id> opened_;
  std::set<delivered_key> delivered_;
  std::deque<request_id> requests_;
  std::uint64_t accepted_ = 0, replies_ = 0, arrived_ = 0, resolved_ = 0, answered_ = 0;
};

}  // namespace dgram::fuzz
