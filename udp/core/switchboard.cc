// SPDX-License-Identifier: MIT
#include "udp/core/switchboard.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "udp/core/deadline_heap.h"
#include "udp/core/farewell.h"
#include "udp/core/peer_table.h"
#include "udp/core/retired_sessions.h"
#include "udp/core/ring_queue.h"
#include "udp/core/session.h"
#include "udp/core/turn.h"
#include "udp/core/wire.h"

namespace dgram {
namespace {

// Refusals that wait to be sent; beyond it they are dropped, and the peer's next datagram makes another.
constexpr std::size_t most_refusals = 256;
// A validated session makes room for a new one only when it was silent for this long.
constexpr duration least_silence = std::chrono::seconds(5);

}  // namespace

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
  trace_sink trace;
  peer_table peers;
  retired_sessions retired;
  deadline_heap<std::uint32_t> timeouts;
  ring_queue<std::uint32_t> ready;
  ring_queue<farewell> farewells;
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
                                         const path& from, turn& t);
  std::optional<discard_reason> take_refusal(std::span<const std::byte> payload, const wire::header& h,
                                             const path& from, turn& t);
  std::optional<discard_reason> admit(std::span<const std::byte> payload, const wire::header& h,
                                      const path& from, turn& t);
  void refuse(const wire::header& h, const path& from, time_point remembers_since, time_point now);
};

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

std::optional<discard_reason> switchboard::state::dispatch(std::span<const std::byte> datagram,
                                                           const wire::header& h, const path& from, turn& t) {
  const auto payload = datagram.subspan(wire::header_size);
  if (h.kind == wire::kind::unknown_session) return take_refusal(payload, h, from, t);
  const auto n = peers.of(h.session);
  if (!n) return admit(payload, h, from, t);

  peer_slot& s = peers[*n];
  const bool from_initiator = h.kind == wire::kind::from_initiator;
  if (from_initiator == (s.role == session::role::initiator)) return discard_reason::wrong_direction;
  if (from.remote != s.way.remote) return discard_reason::wrong_address;
  s.way.local = from.local;
  const auto refused = s.conversation->handle_datagram(h, payload, accepting, t);
  if (s.role == session::role::responder) peers.heard(*n);
  if (refused == discard_reason::unknown_session) refuse(h, from, t.now, t.now);
  settle(*n, t);
  return refused;
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
  if (!make_room(t)) return discard_reason::session_limit;
  const std::uint32_t n = peers.add(session::role::responder, from);
  const auto refused = begin_session(n, h.session, t.now).handle_datagram(h, payload, accepting, t);
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
  if (bytes.size() > max_whole_message) return send_status::too_large;
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

void switchboard::handle_datagram(std::span<const std::byte> datagram, const path& from, time_point now) {
  turn t = state_->begin_anew(now);
  const auto parsed = wire::parse_header(datagram);
  std::optional<discard_reason> refused = parsed.why;
  if (parsed.header) refused = state_->dispatch(datagram, *parsed.header, from, t);
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
