// SPDX-License-Identifier: MIT
// Which session does a datagram belong to, and may it begin one? docs/wire.md, "A session's life".
#include <algorithm>

#include "udp/core/switchboard_state.h"

namespace dgram {
namespace {

// Refusals that wait to be sent; beyond it they are dropped, and the peer's next datagram makes another.
constexpr std::size_t most_refusals = 256;
// Each datagram from a new address may be answered by a challenge, but a lost one is not missed for long.
constexpr duration least_time_between_challenges = std::chrono::milliseconds(20);

}  // namespace

std::optional<discard_reason> switchboard::state::dispatch(std::span<const std::byte> datagram,
                                                           const wire::header& h, const path& from,
                                                           bool congestion_marked, turn& t) {
  const auto payload = datagram.subspan(wire::header_size);
  if (h.kind == wire::kind::unknown_session) return take_refusal(payload, h, from, t);
  const auto n = peers.of(h.session);
  if (!n) return admit(payload, h, from, t);

  peer_slot& s = peers[*n];
  const bool from_initiator = h.kind == wire::kind::from_initiator;
  if (from_initiator == (s.role == session::role::initiator)) return discard_reason::wrong_direction;
  if (from.remote != s.way.remote) {
    if (const auto why = heard_elsewhere(*n, from, h, payload, t)) return why;
  }
  s.way.local = from.local;
  const auto refused = take_from(*n, h, payload, congestion_marked, t);
  if (s.role == session::role::responder) peers.heard(*n);
  if (refused == discard_reason::unknown_session) refuse(h, from, t.now, t.now);
  settle(*n, t);
  return refused;
}

std::optional<discard_reason> switchboard::state::take_from(std::uint32_t n, const wire::header& h,
                                                            std::span<const std::byte> payload,
                                                            bool congestion_marked, turn& t) {
  peer_slot& s = peers[n];
  session::arrival a;
  a.size = wire::header_size + payload.size();
  a.accept_messages = accepting;
  a.congestion_marked = congestion_marked;
  const auto refused = s.conversation->handle_datagram(h, payload, a, t);
  if (!accepting && refused == discard_reason::not_accepting && !std::exchange(s.told_closed, true)) {
    s.conversation->accept_messages(false);
    closed_to.push_back(n);
  }
  return refused;
}

// A datagram of this session came from an address that is not its peer's. An initiator chose its peer's
// address; a responder's peer may move. Nothing it says there is believed before it has answered a challenge
// there: whoever only listens to the session must not be able to speak in it. A challenge before the first
// address was proved holds the greeting too, so that the answer proves the session itself. Returns why the
// datagram is discarded.
std::optional<discard_reason> switchboard::state::heard_elsewhere(std::uint32_t n, const path& from,
                                                                  const wire::header& h,
                                                                  std::span<const std::byte> payload,
                                                                  turn& t) {
  peer_slot& s = peers[n];
  if (s.role == session::role::initiator) return discard_reason::wrong_address;
  const auto summary = wire::summarize(h, payload);
  if (!summary) return discard_reason::malformed;
  // An old datagram says nothing about where the peer is now.
  if (!s.conversation->newer_than_all(h.packet)) return discard_reason::wrong_address;
  const bool asked = s.challenged && s.challenged->way.remote == from.remote;
  if (asked && summary->path_response == s.challenged->secret) {
    const bool new_host = s.way.remote.ip != from.remote.ip;
    s.way = from;
    s.challenged.reset();
    s.conversation->path_changed(new_host, t.now);
    return std::nullopt;
  }
  const bool too_soon = asked && t.now < s.challenged->asked + least_time_between_challenges;
  if (too_soon || farewells.size() >= most_refusals) return discard_reason::wrong_address;
  s.challenged = path_challenged{from, asked ? s.challenged->secret : random(), t.now};
  farewell f{from, 0, {}};
  f.size = static_cast<std::uint8_t>(s.conversation->write_challenge(f.bytes, s.challenged->secret, t.now));
  farewells.push(f);
  return discard_reason::wrong_address;
}

// The peer says that it does not know a session of ours.
std::optional<discard_reason> switchboard::state::take_refusal(std::span<const std::byte> payload,
                                                               const wire::header& h, const path& from,
                                                               turn& t) {
  const auto refusal = wire::parse_unknown_session(payload);
  if (!refusal) return discard_reason::malformed;
  const auto n = peers.of(h.session);
  if (!n) return discard_reason::unknown_session;
  peer_slot& s = peers[*n];
  if (from.remote != s.way.remote) return discard_reason::wrong_address;
  if (!s.conversation->sent(h.packet)) return discard_reason::bad_ack;
  const std::uint32_t known = s.conversation->epoch();
  const bool restarted = known != 0 && known != refusal->epoch;
  s.conversation->learn_epoch(refusal->epoch);
  const time_point safe_since = t.now - std::chrono::microseconds(refusal->remembers_us);
  end_session(*n, restarted ? end_reason::peer_restarted : end_reason::peer_forgot, safe_since, t);
  return std::nullopt;
}

// A session that is not known: a new one, or one that must not begin again.
std::optional<discard_reason> switchboard::state::admit(std::span<const std::byte> payload,
                                                        const wire::header& h, const path& from, turn& t) {
  if (h.kind == wire::kind::from_responder || !options.accept_sessions) {
    refuse(h, from, t.now, t.now);
    return h.kind == wire::kind::from_responder ? discard_reason::unknown_session
                                                : discard_reason::wrong_direction;
  }
  if (const auto last = retired.last_heard(h.session)) {
    refuse(h, from, *last, t.now);
    return discard_reason::unknown_session;
  }
  if (!h.unheard) {
    refuse(h, from, retired.memory_begins(), t.now);
    return discard_reason::unknown_session;
  }
  if (!wire::summarize(h, payload)) return discard_reason::malformed;
  wire::frame_reader frames(payload);
  const auto first = frames.next();
  const auto& hello = std::get<wire::hello>(*first);
  if (hello.epoch != 0 && hello.epoch != epoch) {
    refuse(h, from, retired.memory_begins(), t.now);
    return discard_reason::unknown_session;
  }
  const auto age = std::chrono::milliseconds(hello.age_ms);
  // Before anything was forgotten, whatever is unknown is new to this incarnation.
  if (retired.forgot() && t.now - age <= retired.memory_begins()) {
    refuse(h, from, retired.memory_begins(), t.now);
    return discard_reason::unknown_session;
  }
  if (!taking_sessions) return discard_reason::no_new_sessions;
  if (!make_room(t)) return discard_reason::session_limit;
  const std::uint32_t n = peers.add(session::role::responder, from);
  begin_session(n, h.session, t.now);
  const auto refused = take_from(n, h, payload, false, t);
  peers.heard(n);
  settle(n, t);
  return refused;
}

void switchboard::state::refuse(const wire::header& h, const path& from, time_point remembers_since,
                                time_point now) {
  if (farewells.size() >= most_refusals) return;
  wire::header answer = h;
  answer.kind = wire::kind::unknown_session;
  answer.unheard = answer.ack_now = false;
  const auto remembers = std::chrono::duration_cast<std::chrono::microseconds>(now - remembers_since).count();
  farewell f{from, 0, {}};
  wire::datagram_writer out(f.bytes, answer);
  out.write(wire::unknown_session{
      epoch, static_cast<std::uint32_t>(std::clamp<std::int64_t>(remembers, 0, 0xffffffff))});
  f.size = static_cast<std::uint8_t>(out.seal());
  farewells.push(f);
}

}  // namespace dgram
