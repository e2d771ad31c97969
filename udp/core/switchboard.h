// SPDX-License-Identifier: MIT
// Many sessions behind one socket, found by session id. Drives nothing by itself: asio, the simulator and
// the fuzzers call the same verbs. Knows no sockets, no clock, no threads, no entropy.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>

#include "udp/core/address.h"
#include "udp/core/event.h"
#include "udp/core/ids.h"
#include "udp/core/message.h"
#include "udp/core/options.h"
#include "udp/core/statistics.h"
#include "udp/core/time.h"
#include "udp/core/trace.h"

namespace dgram {

// Returns 64 fresh random bits. Session ids and address tokens come from it, so it must not be guessable
// where strangers can send.
using random_source = std::function<std::uint64_t()>;

struct transmit {
  path to;
  std::size_t size;
};

class switchboard {
 public:
  switchboard(const switchboard_options&, random_source, time_point now);
  ~switchboard();
  switchboard(switchboard&&) noexcept;
  switchboard& operator=(switchboard&&) noexcept;

  // The peer at `remote`, made if there is none. Sends nothing: the first message begins the session.
  peer_id open(const address& remote, time_point now);
  // Ends the peer's session: one datagram says so, every unresolved message gets its outcome, and
  // `peer` is no longer valid.
  void close(peer_id peer, time_point now);
  void close_all(time_point now);

  // Takes a copy of `bytes`. Afterwards: poll_transmit, next_timeout.
  send_status send(peer_id, std::span<const std::byte> bytes, const send_options&, ticket, time_point now);
  // Answers a request once. Later calls return no_peer, and so do those for a session that ended, or for a
  // request that waited 30 s while more than 1,024 others did.
  send_status reply(const request_id&, std::span<const std::byte> bytes, time_point now);

  // Whatever arrives, from wherever. Afterwards: poll_event until empty, poll_transmit, next_timeout.
  // `congestion_marked`: it arrived with ECN's CE mark.
  void handle_datagram(std::span<const std::byte> datagram, const path& from, time_point now,
                       bool congestion_marked = false);
  // Call when next_timeout has come; at any other time it does nothing. Afterwards: as above.
  void handle_timeout(time_point now);

  // Writes the next datagram into `buffer` (at least largest_datagram bytes), until nullopt.
  std::optional<transmit> poll_transmit(time_point now, std::span<std::byte> buffer);
  // When handle_timeout wants to be called. Changes with every other verb.
  std::optional<time_point> next_timeout() const;
  // What happened, oldest first, until nullopt.
  std::optional<event> poll_event();

  // While false, datagrams that carry new messages are discarded unacknowledged and so come again, and their
  // senders are told to wait; acknowledgements and replies are still taken. Afterwards: poll_transmit.
  void accept_messages(bool);

  // While false, nobody begins a session here: what would is discarded, unanswered. Those that there are go
  // on. Nothing to strangers where switchboard_options::accept_sessions is false.
  void accept_sessions(bool);

  void trace_to(trace_sink);
  // Of all sessions, ended ones included.
  statistics total() const;
  // Of one peer; nullopt when it is not known.
  std::optional<statistics> of(peer_id) const;
  std::optional<address> remote_of(peer_id) const;
  // Whether a datagram that does not look like ours belongs to a session all the same: damage hit its first
  // byte.
  bool damaged_one_of_ours(std::span<const std::byte> datagram) const;

 private:
  struct state;
  std::unique_ptr<state> state_;
};

// True when the first byte says that a datagram is one of ours: no UTF-8 text begins so.
bool looks_like_ours(std::span<const std::byte> datagram);

}  // namespace dgram
