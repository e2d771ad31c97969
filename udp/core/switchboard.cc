// SPDX-License-Identifier: MIT
#include "udp/core/switchboard.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "udp/core/switchboard_state.h"

namespace dgram {
namespace {

// A validated session makes room for a new one only when it was silent for this long.
constexpr duration least_silence = std::chrono::seconds(5);

}  // namespace

session& switchboard::state::begin_session(std::uint32_t n, session_id id, time_point now) {
  const peer_slot& s = peers[n];
  const std::uint32_t responder = s.role == session::role::responder ? epoch : s.earlier_epoch;
  const session::identity who{peers.id_of(n), id, s.role, responder, random(), random()};
  return peers.begin(n, who, options.session, now);
}

// Room for one more session, if need be at the cost of the one that was silent longest.
bool switchboard::state::make_room(turn& t) {
  if (peers.sessions() < options.max_sessions) return true;
  const auto n = peers.most_silent();
  if (!n) return false;
  const session& victim = *peers[*n].conversation;
  if (victim.validated() && victim.last_heard() + least_silence > t.now) return false;
  end_session(*n, end_reason::evicted, time_point::max(), t);
  return true;
}

// Something happened to the session: it may be over, it may have something to send.
void switchboard::state::settle(std::uint32_t n, turn& t) {
  if (const auto why = peers[n].conversation->ended()) {
    // Nothing more will be run there, but what was sent may have been.
    end_session(n, *why, time_point::max(), t);
  } else {
    mark_ready(n);
  }
}

void switchboard::state::end_session(std::uint32_t n, end_reason why, time_point safe_since, turn& t) {
  peer_slot& s = peers[n];
  std::vector<outgoing> kept;
  s.conversation->abandon(safe_since, kept, t);
  if (s.role == session::role::responder) retired.retire(s.conversation->id(), s.conversation->last_heard());
  timeouts.remove(n, place());
  for (auto& bytes : s.conversation->take_released()) outliving.push_back(std::move(bytes));
  peers.end(n);
  t.events.push(session_ended{peers.id_of(n), why});
  finish_kept(n, kept, why, t);
}

// What the peer cannot have run goes on in a new session, if this end is the one that begins them.
void switchboard::state::finish_kept(std::uint32_t n, std::vector<outgoing>& kept, end_reason why, turn& t) {
  peer_slot& s = peers[n];
  if (s.role == session::role::initiator && why != end_reason::closed_here) {
    if (kept.empty()) return;
    session& next = begin_session(n, {random()}, t.now);
    for (outgoing& m : kept) next.adopt(std::move(m));
    mark_ready(n);
    return;
  }
  for (const outgoing& m : kept) {
    ++s.earlier.messages_sent;
    s.earlier.count(outcome::refused);
    const delivery_report report{outcome::refused, m.tries, duration{0}, t.now - m.submitted};
    t.events.push(message_resolved{peers.id_of(n), m.ticket, report, {}});
  }
  remove_peer(n);
}

void switchboard::state::remove_peer(std::uint32_t n) {
  gone += peers[n].earlier;
  peers.remove(n);
}

void switchboard::state::mark_ready(std::uint32_t n) {
  if (!std::exchange(peers[n].ready, true)) ready.push(n);
}

// A session took a message to send.
void switchboard::state::taken(std::uint32_t n, std::size_t bytes, time_point now) {
  mark_ready(n);
  if (peers[n].conversation->validated()) return;
  peers.charge(n, bytes);
  turn t = begin(now);
  while (peers.unproven_bytes() > options.unproven_bytes) {
    end_session(*peers.most_silent(), end_reason::evicted, time_point::max(), t);
  }
}

void switchboard::state::close(std::uint32_t n, turn& t) {
  peer_slot& s = peers[n];
  if (!s.conversation) {
    remove_peer(n);
    return;
  }
  farewell f{s.way, 0, {}};
  f.size = static_cast<std::uint8_t>(s.conversation->write_close(f.bytes));
  if (f.size > 0) farewells.push(f);
  end_session(n, end_reason::closed_here, time_point::max(), t);
}

switchboard::switchboard(const switchboard_options& options, random_source random, time_point now)
    : state_(std::make_unique<state>(options, std::move(random), now)) {}
switchboard::~switchboard() = default;
switchboard::switchboard(switchboard&&) noexcept = default;
switchboard& switchboard::operator=(switchboard&&) noexcept = default;

peer_id switchboard::open(const address& remote, time_point) {
  const auto known = state_->peers.at(remote);
  return state_->peers.id_of(known ? *known : state_->peers.add(session::role::initiator, {remote, {}}));
}

void switchboard::close(peer_id peer, time_point now) {
  if (state_->peers.find(peer) == nullptr) return;
  turn t = state_->begin(now);
  state_->close(peer.slot, t);
}

void switchboard::close_all(time_point now) {
  turn t = state_->begin(now);
  for (std::uint32_t n = 0; n < state_->peers.size(); ++n) {
    if (state_->peers[n].used) state_->close(n, t);
  }
}

send_status switchboard::send(peer_id peer, std::span<const std::byte> bytes, const send_options& options,
                              ticket t, time_point now) {
  peer_slot* s = state_->peers.find(peer);
  if (s == nullptr) return send_status::no_peer;
  if (bytes.size() > max_message_size) return send_status::too_large;
  if (!s->conversation) state_->begin_session(peer.slot, {state_->random()}, now);
  const send_status status = s->conversation->send(bytes, options, t, now);
  if (status == send_status::accepted) state_->taken(peer.slot, bytes.size(), now);
  return status;
}

send_status switchboard::reply(const request_id& request, std::span<const std::byte> bytes, time_point now) {
  peer_slot* s = state_->peers.find(request.peer);
  if (s == nullptr || !s->conversation || s->conversation->id() != request.session) {
    return send_status::no_peer;
  }
  const send_status status = s->conversation->reply(request.message, bytes, now);
  if (status == send_status::accepted) state_->taken(request.peer.slot, bytes.size(), now);
  return status;
}

void switchboard::handle_datagram(std::span<const std::byte> datagram, const path& from, time_point now,
                                  bool congestion_marked) {
  turn t = state_->begin_anew(now);
  const auto parsed = wire::parse_header(datagram);
  std::optional<discard_reason> refused = parsed.why;
  if (parsed.header) refused = state_->dispatch(datagram, *parsed.header, from, congestion_marked, t);
  if (refused) state_->gone.discarded.count(*refused);
  if (!state_->trace) return;
  trace_record r{refused ? trace_record::what::discarded : trace_record::what::received, now, {}, {}};
  if (parsed.header) {
    r.session = parsed.header->session;
    r.packet = {parsed.header->packet};
  }
  r.bytes = datagram.size();
  if (refused) r.discard = *refused;
  state_->trace(r);
}

void switchboard::handle_timeout(time_point now) {
  turn t = state_->begin_anew(now);
  while (!state_->timeouts.empty() && state_->timeouts.top().when <= now) {
    const std::uint32_t n = state_->timeouts.top().key;
    state_->timeouts.remove(n, state_->place());
    state_->peers[n].conversation->handle_timeout(t);
    state_->settle(n, t);
  }
}

std::optional<transmit> switchboard::poll_transmit(time_point now, std::span<std::byte> buffer) {
  if (!state_->farewells.empty()) {
    const farewell f = state_->farewells.pop();
    std::copy_n(f.bytes.begin(), f.size, buffer.begin());
    return transmit{f.to, f.size};
  }
  while (!state_->ready.empty()) {
    const std::uint32_t n = state_->ready.pop();
    peer_slot& s = state_->peers[n];
    s.ready = false;
    if (!s.conversation) continue;
    const std::size_t size = s.conversation->poll_transmit(now, buffer, state_->trace);
    if (size > 0) {
      state_->mark_ready(n);  // behind the others, so that one busy peer does not delay the rest
      return transmit{s.way, size};
    }
    state_->timeouts.set(n, *s.conversation->next_timeout(), state_->place());
  }
  return std::nullopt;
}

std::optional<time_point> switchboard::next_timeout() const {
  const auto& timeouts = state_->timeouts;
  if (timeouts.empty() || timeouts.top().when == time_point::max()) return std::nullopt;
  return timeouts.top().when;
}

std::optional<event> switchboard::poll_event() {
  if (state_->events.empty()) return std::nullopt;
  return state_->events.pop();
}

void switchboard::accept_messages(bool accepting) {
  state_->accepting = accepting;
  if (!accepting) return;
  for (const std::uint32_t n : state_->closed_to) {
    peer_slot& s = state_->peers[n];
    s.told_closed = false;
    if (!s.conversation) continue;
    s.conversation->accept_messages(true);
    state_->mark_ready(n);
  }
  state_->closed_to.clear();
}

void switchboard::accept_sessions(bool accepting) {
  state_->taking_sessions = accepting;
}

void switchboard::trace_to(trace_sink sink) {
  state_->trace = std::move(sink);
}

statistics switchboard::total() const {
  statistics sum = state_->gone;
  for (std::uint32_t n = 0; n < state_->peers.size(); ++n) {
    if (state_->peers[n].used) sum += state_->peers[n].stats();
  }
  return sum;
}

std::optional<statistics> switchboard::of(peer_id peer) const {
  const peer_slot* s = state_->peers.find(peer);
  return s == nullptr ? std::nullopt : std::optional(s->stats());
}

std::optional<address> switchboard::remote_of(peer_id peer) const {
  const peer_slot* s = state_->peers.find(peer);
  return s == nullptr ? std::nullopt : std::optional(s->way.remote);
}

bool switchboard::damaged_one_of_ours(std::span<const std::byte> datagram) const {
  const auto id = wire::session_id_in(datagram);
  return id && state_->peers.of(*id);
}

bool looks_like_ours(std::span<const std::byte> datagram) {
  return wire::has_our_mark(datagram);
}

}  // namespace dgram
