// SPDX-License-Identifier: MIT
// One machine of a simulation: a switchboard, the program above it, and the rule by which the verbs are
// called. It can stop and start again as another incarnation that remembers nothing. Knows no links.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "udp/core/switchboard.h"
#include "udp/sim/fingerprint.h"

namespace dgram::sim {

class host {
 public:
  // The program: called for each event, from inside receive or wake. It may call any verb below except
  // stop and restart.
  using program = std::function<void(host&, const event&, time_point now)>;
  // Where a datagram goes that leaves this host.
  using wire = std::function<void(const address& to, std::span<const std::byte> bytes)>;

  host(const address& self, const switchboard_options&, std::uint64_t seed, time_point now);

  void run(program p) { program_ = std::move(p); }

  peer_id open(const address& remote, time_point now) { return board_->open(remote, now); }
  void close(peer_id peer, time_point now);
  void close_all(time_point now);
  send_status send(peer_id, std::span<const std::byte> bytes, const send_options&, ticket, time_point now);
  send_status reply(const request_id&, std::span<const std::byte> bytes, time_point now);
  // Replies at `due`, unless the host was stopped meanwhile.
  void reply_at(time_point due, const request_id&, std::span<const std::byte> bytes);

  // A crash: says nothing to anybody. Whatever arrives before the restart is lost.
  void stop();
  void restart(time_point now);

  void receive(std::span<const std::byte> datagram, const address& from, time_point now,
               bool congestion_marked = false);
  // Call when next_event has come; at any other time it does nothing.
  void wake(time_point now);
  // Sends whatever the verbs above left to send. Returns false when there was no end of it.
  bool flush(time_point now, const wire&);
  std::optional<time_point> next_event() const;

  const address& self() const { return self_; }
  // Another address without a word to the program, as a NAT gives one, or another network.
  void move_to(const address& a) { self_ = a; }
  bool running() const { return board_.has_value(); }
  // While running only.
  switchboard& board() { return *board_; }
  // How often it was started anew.
  std::uint32_t incarnation() const { return incarnation_; }
  // Of every event of every incarnation, with its time.
  std::uint64_t trace_hash() const { return events_.value(); }

 private:
  struct late_reply {
    time_point due;
    std::uint64_t order;
    request_id to;
    std::vector<std::byte> bytes;
    bool operator>(const late_reply&) const;
  };

  void start(time_point now);
  void drain(time_point now);
  void send_late_replies(time_point now);

  address self_;
  switchboard_options options_;
  std::uint64_t seed_;
  std::uint32_t incarnation_ = 0;
  std::optional<switchboard> board_;
  program program_;
  std::vector<late_reply> late_replies_;  // heap, earliest first
  std::uint64_t late_reply_order_ = 0;
  bool unflushed_ = false;
  fingerprint events_;
};

}  // namespace dgram::sim
