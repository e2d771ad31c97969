// SPDX-License-Identifier: MIT
#include "udp/core/introduction.h"

#include <algorithm>
#include <utility>

namespace dgram {
namespace {

// An initiator that has heard nothing yet pads its datagrams to this, so that three times as much carries any
// ordinary reply (RFC 9000 section 8.1 pads to 1200; a full datagram of ours is 1200, a third of it does).
constexpr std::size_t handshake_datagram_size = 400;

std::uint32_t milliseconds_of(duration d) {
  const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(d).count();
  return static_cast<std::uint32_t>(std::clamp<std::int64_t>(ms, 0, 0x0fffffff));
}

}  // namespace

introduction::introduction(session_role role, std::uint32_t epoch, std::uint64_t token, time_point now)
    : role_(role),
      epoch_(epoch),
      gate_(role == session_role::responder ? address_gate(token) : address_gate()),
      created_(now) {}

bool introduction::hear() {
  return !std::exchange(heard_, true);
}

// A session id can live in two incarnations of the responder, when both heard datagrams that the initiator
// sent before it had heard anything. Their packet numbers must never be mixed up: an initiator stays with the
// first incarnation it heard, and a responder that is not that one finds out by the token.
std::optional<discard_reason> introduction::examine(const wire::header& header,
                                                    const wire::summary& s) const {
  const bool proves_itself =
      role_ == session_role::initiator || gate_.open() || header.unheard || s.token == gate_.token();
  if (!proves_itself) return discard_reason::unknown_session;
  if (s.epoch && epoch_ != 0 && *s.epoch != epoch_) return discard_reason::wrong_epoch;
  return std::nullopt;
}

void introduction::take(const wire::greeting& g) {
  token_ = g.token;
  learn_epoch(g.epoch);
}

bool introduction::under_way() const {
  return role_ == session_role::initiator ? !heard_ : !gate_.open();
}

void introduction::write(wire::datagram_writer& out, time_point now) const {
  if (under_way()) {
    if (role_ == session_role::initiator) {
      out.write(wire::hello{milliseconds_of(now - created_), epoch_});
    } else {
      out.write(wire::greeting{epoch_, gate_.token()});
    }
  }
  if (echoes_token()) out.write(wire::token_echo{*token_});
}

void introduction::pad(wire::datagram_writer& out) const {
  if (role_ == session_role::initiator && !heard_) out.pad_to(handshake_datagram_size);
}

}  // namespace dgram
