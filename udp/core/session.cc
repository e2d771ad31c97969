// SPDX-License-Identifier: MIT
#include "udp/core/session.h"

#include <algorithm>

namespace dgram {
namespace {

// An initiator that has heard nothing yet pads its datagrams to this, so that three times as much carries any
// ordinary reply (RFC 9000 section 8.1 pads to 1200; a full datagram of ours is 1200, a third of it does).
constexpr std::size_t handshake_datagram_size = 400;
// Header, greeting and an acknowledgement without ranges: less room than this is not worth a datagram.
constexpr std::size_t least_datagram = wire::header_size + wire::greeting_size + 16;
// What was lost twice may have been lost for the size of its datagram, so from the third copy on it only has
// company within what every IPv4 path carries: 576 bytes less the headers of IP and UDP (RFC 8085
// section 3.2).
constexpr std::uint16_t trusting_tries = 2;
constexpr std::size_t modest_datagram = 548;
// How long a reply is kept for a requester that does not acknowledge it.
constexpr duration reply_lifetime = std::chrono::seconds(30);

std::uint32_t milliseconds_of(duration d) {
  const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(d).count();
  return static_cast<std::uint32_t>(std::clamp<std::int64_t>(ms, 0, 0x0fffffff));
}

}  // namespace

session::session(const identity& who, const session_options& options, time_point now)
    : identity_(who),
      options_(options),
      gate_(who.role == role::responder ? address_gate(who.token) : address_gate()),
      rtt_(options.initial_timeout),
      probe_timer_(who.jitter_seed),
      outbox_(options.send_buffer),
      inbox_(options.receive_buffer),
      created_(now),
      last_heard_(now),
      last_active_(now) {}

send_status session::send(std::span<const std::byte> bytes, const send_options& options, ticket t,
                          time_point now) {
  const send_status status = outbox_.add(bytes, options, t, now);
  if (status != send_status::accepted) return status;
  last_active_ = now;
  ++stats_.messages_sent;
  return status;
}

send_status session::reply(message_id request, std::span<const std::byte> bytes, time_point now) {
  if (bytes.size() > max_whole_message) return send_status::too_large;
  if (!inbox_.requests().may_answer(request)) return send_status::no_peer;
  const auto id = outbox_.add_reply(bytes, request, now + reply_lifetime, now);
  if (!id) return send_status::would_block;
  inbox_.requests().answered(request, *id);
  ++stats_.messages_sent;
  return send_status::accepted;
}

void session::adopt(outgoing&& message) {
  ++stats_.messages_sent;
  outbox_.adopt(std::move(message));
}

std::optional<discard_reason> session::handle_datagram(const wire::header& header,
                                                       std::span<const std::byte> payload,
                                                       bool accept_messages, turn& t) {
  const std::size_t size = wire::header_size + payload.size();
  gate_.received(size);
  const auto summary = wire::summarize(header, payload);
  if (!summary) return discard_reason::malformed;
  if (const auto wrong = examine(header, *summary)) {
    if (wrong == discard_reason::unknown_session) ended_ = end_reason::peer_forgot;
    return wrong;
  }

  const packet_number packet = tracker_.restore(header.packet);
  switch (tracker_.check(packet)) {
    case ack_tracker::arrival::too_old: return discard_reason::too_old;
    case ack_tracker::arrival::duplicate:
      ++stats_.duplicates_received;
      if (summary->asks_ack) tracker_.repeated(packet);
      return discard_reason::duplicate;
    case ack_tracker::arrival::fresh: break;
  }
  ++stats_.datagrams_received;
  stats_.bytes_received += size;
  last_heard_ = last_active_ = t.now;
  if (!heard_) {
    heard_ = true;
    ++stats_.sessions_opened;
    t.events.push(session_opened{identity_.peer});
  }

  inbox_.begin(t.now);
  const bool accepts = inbox_.accepts(summary->requests) && (accept_messages || summary->messages == 0);
  const bool all_taken = take_frames(payload, accepts, t);
  // Unacknowledged, what was not taken comes again; what the datagram acknowledges counts at once.
  if (accepts && all_taken) {
    tracker_.received(packet, summary->asks_ack, header.ack_now, t.now, rtt_.max_ack_delay());
  }
  publish(t);
  if (!accepts) return discard_reason::not_accepting;
  return all_taken ? std::nullopt : std::optional(discard_reason::reorder_full);
}

void session::handle_timeout(turn& t) {
  inbox_.begin(t.now);
  if (flight_.loss_time() && *flight_.loss_time() <= t.now) detect_losses(t);
  if (const auto at = probe_time(); at && *at <= t.now) {
    ++stats_.probe_timeouts;
    probe_timer_.fired();
    outbox_.probe(t.now);
    probe_due_ = true;
    if (t.trace) {
      t.trace({.happened = trace_record::what::timeout,
               .when = t.now,
               .session = identity_.id,
               .packet = flight_.next_number(),
               .cause = send_cause::probe,
               .round_trip = t.now - *flight_.last_sent()});
    }
  }
  outbox_.expire(t.now);
  publish(t);
  if (idle_time() <= t.now) ended_ = end_reason::idle;
}

std::size_t session::poll_transmit(time_point now, std::span<std::byte> buffer, const trace_sink& trace) {
  if (ended_ || !may_send()) return 0;
  const bool ack = tracker_.due(now);
  const bool window_open = probe_due_ || flight_.in_flight() < 64;
  if (!ack && !probe_due_ && !(window_open && outbox_.has_next())) return 0;

  flight_.make_room([&](const sent_packet& p) { packet_lost(p, now, trace); });
  const std::size_t limit = std::min({buffer.size(), max_datagram_size, gate_.allowance()});
  wire::datagram_writer out(buffer.first(limit), next_header(probe_due_ || !heard_));
  write_control(out, now);
  carried_.clear();
  repeats_ = false;
  if (window_open) write_messages(out, now);
  const bool messages = !carried_.empty();
  // A message that does not fit beside a long acknowledgement follows it at once; one that is too long for
  // what the address may be sent waits.
  const bool in_the_way = window_open && outbox_.has_next() && tracker_.pending();
  if (!messages && !ack && !probe_due_ && !in_the_way) return 0;

  const bool echoes_token = token_ && !token_confirmed_;
  const bool bare_probe = probe_due_ && !messages && !echoes_token;
  if (bare_probe) out.write(wire::ping{});
  if (identity_.role == role::initiator && !heard_) out.pad_to(handshake_datagram_size);
  const std::size_t size = out.seal();
  const send_cause cause = probe_due_     ? send_cause::probe
                           : repeats_     ? send_cause::loss
                           : messages     ? send_cause::fresh
                           : echoes_token ? send_cause::handshake
                                          : send_cause::acknowledgement;
  if (trace) {
    const auto messages_in = static_cast<std::uint32_t>(carried_.size());
    trace({trace_record::what::sent, now, identity_.id, flight_.next_number(), size, messages_in, cause});
  }
  const bool asks_ack = messages || echoes_token || bare_probe;
  flight_.sent(now, {static_cast<std::uint32_t>(size), carried_, asks_ack, echoes_token});
  gate_.sent(size);
  if (tracker_.pending()) tracker_.reported();
  probe_due_ = false;
  ++stats_.datagrams_sent;
  stats_.bytes_sent += size;
  return size;
}

std::size_t session::write_close(std::span<std::byte> buffer) {
  wire::header h = next_header(false);
  h.unheard = false;  // it must not begin a session
  wire::datagram_writer out(buffer, h);
  if (token_ && !token_confirmed_) out.write(wire::token_echo{*token_});
  out.write(wire::close{});
  flight_.make_room([](const sent_packet&) {});
  flight_.sent(last_active_, {});
  const std::size_t size = out.seal();
  if (size > gate_.allowance()) return 0;
  ++stats_.datagrams_sent;
  stats_.bytes_sent += size;
  return size;
}

std::optional<time_point> session::next_timeout() const {
  time_point earliest = idle_time();
  const auto consider = [&](std::optional<time_point> at) {
    if (at && *at < earliest) earliest = *at;
  };
  if (may_send()) consider(tracker_.deadline());
  consider(flight_.loss_time());
  consider(probe_time());
  consider(outbox_.next_deadline());
  return earliest;
}

void session::abandon(time_point safe_since, std::vector<outgoing>& kept, turn& t) {
  outbox_.abandon(safe_since, t.now, kept);
  stats_.messages_sent -= kept.size();  // the session that adopts them counts them
  publish(t);
}

statistics session::stats() const {
  statistics s = stats_;
  s.smoothed_round_trip = rtt_.measured() ? rtt_.smoothed() : duration{0};
  s.least_round_trip = rtt_.least();
  s.probe_timeout = rtt_.probe_timeout();
  return s;
}

bool session::may_send() const {
  return gate_.allowance() >= least_datagram;
}

std::optional<time_point> session::probe_time() const {
  const auto last = flight_.last_sent();
  if (!last || probe_due_) return std::nullopt;
  return *last + probe_timer_.interval(rtt_);
}

// A responder remembers longer than an initiator goes on, so that a session is never used that was forgotten.
time_point session::idle_time() const {
  if (identity_.role == role::responder) return last_heard_ + options_.idle_timeout;
  const duration patience = options_.idle_timeout / 2;
  return outbox_.awaits_outcome() ? time_point::max() : last_active_ + patience;
}

wire::header session::next_header(bool ack_now) const {
  wire::header h;
  const bool initiator = identity_.role == role::initiator;
  h.kind = initiator ? wire::kind::from_initiator : wire::kind::from_responder;
  h.unheard = initiator && !heard_;
  h.ack_now = ack_now;
  h.session = identity_.id;
  h.packet = static_cast<std::uint32_t>(flight_.next_number().value & 0xffffff);
  return h;
}

// A session id can live in two incarnations of the responder, when both heard datagrams that the initiator
// sent before it had heard anything. Their packet numbers must never be mixed up: an initiator stays with the
// first incarnation it heard, and a responder that is not that one finds out by the token.
std::optional<discard_reason> session::examine(const wire::header& header, const wire::summary& s) const {
  const bool proves_itself =
      identity_.role == role::initiator || gate_.open() || header.unheard || s.token == gate_.token();
  if (!proves_itself) return discard_reason::unknown_session;
  if (s.epoch && identity_.epoch != 0 && *s.epoch != identity_.epoch) return discard_reason::wrong_epoch;
  if (s.acknowledged && !flight_.restore(*s.acknowledged)) return discard_reason::bad_ack;
  return std::nullopt;
}

bool session::take_frames(std::span<const std::byte> payload, bool messages_too, turn& t) {
  bool all_taken = true;
  wire::frame_reader frames(payload);
  while (const auto f = frames.next()) {
    if (const auto* m = std::get_if<wire::message>(&*f)) {
      if (m->in_reply_to) {
        take_reply(*m, t);
      } else if (messages_too) {
        all_taken = take_message(*m, t) && all_taken;
      }
    } else if (const auto* a = std::get_if<wire::ack>(&*f)) {
      take_ack(*a, t);
    } else if (const auto* s = std::get_if<wire::skip>(&*f)) {
      if (messages_too) all_taken = take_skip(*s, t) && all_taken;
    } else if (const auto* g = std::get_if<wire::greeting>(&*f)) {
      token_ = g->token;
      learn_epoch(g->epoch);
    } else if (const auto* e = std::get_if<wire::token_echo>(&*f)) {
      gate_.echoed(e->token);
    } else if (std::holds_alternative<wire::close>(*f)) {
      ended_ = end_reason::closed_by_peer;
    }
  }
  return all_taken;
}

void session::take_ack(const wire::ack& a, turn& t) {
  const auto largest = flight_.restore(a.largest);
  if (!largest) return;
  bool progress = false;
  std::optional<duration> measured;
  flight_.acknowledge(*largest, a, t.now, tolerance_, [&](const sent_packet& p) {
    progress = true;
    if (p.number == *largest) measured = t.now - p.sent;
    packet_acknowledged(p, t);
  });
  if (measured) rtt_.sample(*measured, std::min<duration>(a.delay * wire::ack_delay_unit, max_ack_delay_cap));
  if (!progress) return;
  probe_timer_.progress();
  detect_losses(t);
}

void session::packet_acknowledged(const sent_packet& p, turn& t) {
  if (p.state == sent_packet::fate::lost) ++stats_.spurious_losses;
  if (p.echoes_token) token_confirmed_ = true;
  for (std::size_t i = 0; i < p.carried; ++i) outbox_.acknowledged(flight_.carried(p, i), t.now);
  if (t.trace) {
    constexpr auto what = trace_record::what::acknowledged;
    t.trace({what, t.now, identity_.id, p.number, p.bytes, p.carried, {}, t.now - p.sent});
  }
}

void session::packet_lost(const sent_packet& p, time_point now, const trace_sink& trace) {
  ++stats_.packets_lost;
  for (std::size_t i = 0; i < p.carried; ++i) outbox_.copy_lost(flight_.carried(p, i), now);
  if (trace) {
    trace({trace_record::what::lost, now, identity_.id, p.number, p.bytes, p.carried, {}, now - p.sent, {}});
  }
}

void session::detect_losses(turn& t) {
  flight_.detect_losses(t.now, tolerance_.limits(rtt_, t.now),
                        [&](const sent_packet& p) { packet_lost(p, t.now, t.trace); });
}

void session::take_reply(const wire::message& m, turn& t) {
  if (!inbox_.first_time(m.id)) {
    ++stats_.duplicates_received;
  } else if (!outbox_.answered(outbox_.restore(m.in_reply_to->bits), m.bytes, t.now)) {
    stats_.discarded.count(discard_reason::late_reply);
  } else {
    ++stats_.messages_received;
  }
}

bool session::take_message(const wire::message& m, turn& t) {
  const auto refused = inbox_.take(m, [&](const inbox::arrival& a) { deliver(a, t); });
  if (refused == discard_reason::reorder_full) return false;  // counted once for the datagram
  if (refused) stats_.discarded.count(*refused);
  if (refused == discard_reason::repeated_message) take_repeated(m);
  return true;
}

bool session::take_skip(const wire::skip& s, turn& t) {
  const auto refused = inbox_.skip(s, [&](const inbox::arrival& a) { deliver(a, t); });
  if (refused == discard_reason::reorder_full) return false;
  if (refused) stats_.discarded.count(*refused);
  return true;
}

// The request came again, so the acknowledgement, and the reply that went with it, were probably lost.
void session::take_repeated(const wire::message& m) {
  ++stats_.duplicates_received;
  if (!m.wants_reply) return;
  const auto reply = inbox_.requests().reply_to(inbox_.restore(m.id));
  if (reply && outbox_.repeat_reply(*reply)) ++stats_.replies_repeated;
}

void session::deliver(const inbox::arrival& a, turn& t) {
  ++stats_.messages_received;
  t.events.push(
      message_arrived{{identity_.peer, identity_.id, a.id}, a.mode, a.channel, a.wants_reply, a.bytes});
}

void session::publish(turn& t) {
  while (const auto r = outbox_.poll_resolution()) {
    if (r->is_reply) {
      inbox_.requests().settled(r->in_reply_to);
    } else {
      stats_.count(r->report.outcome);
      t.events.push(message_resolved{identity_.peer, r->ticket, r->report, r->reply});
    }
  }
}

void session::write_control(wire::datagram_writer& out, time_point now) {
  if (identity_.role == role::initiator && !heard_) {
    out.write(wire::hello{milliseconds_of(now - created_), identity_.epoch});
  }
  if (identity_.role == role::responder && !gate_.open()) {
    out.write(wire::greeting{identity_.epoch, identity_.token});
  }
  if (token_ && !token_confirmed_) out.write(wire::token_echo{*token_});
  if (!tracker_.pending()) return;
  wire::ack a = tracker_.report(now);
  if (wire::size_of(a) > out.left()) a.range_count = 0;
  out.write(a);
}

void session::write_messages(wire::datagram_writer& out, time_point now) {
  bool modest = false;
  while (const auto id = outbox_.next(out.left())) {
    modest = modest || outbox_.tries(*id) >= trusting_tries;
    const bool fits = out.size() + outbox_.size_on_wire(*id) <= modest_datagram;
    if (modest && !fits && !carried_.empty()) return;
    outbox_.write(*id, out);
    if (outbox_.placed(*id, now)) {
      repeats_ = true;
      ++stats_.messages_retransmitted;
    }
    carried_.push_back(*id);
  }
}

}  // namespace dgram
