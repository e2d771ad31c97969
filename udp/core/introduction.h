// SPDX-License-Identifier: MIT
// Who is at the other end? Without a handshake: what the first datagrams must say until each end knows that
// it was heard, and that the other's address is its own. docs/wire.md, "A session's life".
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "udp/core/address_gate.h"
#include "udp/core/statistics.h"
#include "udp/core/time.h"
#include "udp/core/wire.h"

namespace dgram {

enum class session_role : std::uint8_t { initiator, responder };

class introduction {
 public:
  // Header, greeting and an acknowledgement without ranges: less room than this is not worth a datagram.
  static constexpr std::size_t least_datagram = wire::header_size + wire::greeting_size + 16;

  // `epoch`: the responder's incarnation, 0 when an initiator knows none. `token`: a responder's secret for
  // the address.
  introduction(session_role, std::uint32_t epoch, std::uint64_t token, time_point now);

  session_role role() const { return role_; }
  // Whether anything was heard of the other end.
  bool heard() const { return heard_; }
  // True the first time.
  bool hear();
  std::uint32_t epoch() const { return epoch_; }
  void learn_epoch(std::uint32_t epoch) { epoch_ = epoch; }
  address_gate& gate() { return gate_; }
  const address_gate& gate() const { return gate_; }

  // Why a datagram is none of this session's, if it is not. `unknown_session` when it belongs to another
  // incarnation's session of this id, and this one is over.
  std::optional<discard_reason> examine(const wire::header&, const wire::summary&) const;
  void take(const wire::greeting&);
  void take(const wire::token_echo& e) { gate_.echoed(e.token); }
  // A datagram that echoed the token was acknowledged.
  void token_acknowledged() { token_confirmed_ = true; }

  // Whether the next datagram must introduce this end: until then it says everything that the other needs.
  bool under_way() const;
  bool echoes_token() const { return token_ && !token_confirmed_; }
  void write(wire::datagram_writer&, time_point now) const;
  void pad(wire::datagram_writer&) const;

 private:
  session_role role_;
  std::uint32_t epoch_;
  address_gate gate_;
  time_point created_;
  bool heard_ = false;
  bool token_confirmed_ = false;  // initiator: the responder has it
  std::optional<std::uint64_t> token_;
};

}  // namespace dgram
