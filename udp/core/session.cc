// SPDX-License-Identifier: MIT
// What arrives, what the timers bring, and what is known. What leaves is in session_transmit.cc.
#include "udp/core/session.h"

#include <algorithm>
#include <limits>

namespace dgram {
namespace {

// How long a reply is kept for a requester that does not acknowledge it.
constexpr duration reply_lifetime = std::chrono::seconds(30);
// Reports of congestion marks are not acknowledged, so each count is reported so often.
constexpr std::uint32_t reports_of_marks = 3;

// A sender that was told nothing yet assumes that much room.
session_options within_bounds(session_options o) {
  o.receive_buffer = std::max<std::size_t>(o.receive_buffer, initial_credit);
  return o;
}

}  // namespace

session::session(const identity& who, const session_options& options, time_point now)
    : identity_(who),
      options_(within_bounds(options)),
      introduction_(who.role, who.epoch, who.token, now),
      rtt_(options.initial_timeout),
      probe_timer_(who.jitter_seed),
      allowance_(options.congestion, who.jitter_seed, now),
      path_mtu_(options.largest_datagram),
      redundancy_(options),
      outbox_(options.send_buffer),
      inbox_(options_.receive_buffer),
      last_heard_(now),
      last_active_(now),
      last_sent_(now) {}

send_status session::send(std::span<const std::byte> bytes, const send_options& options, ticket t,
                          time_point now) {
  const send_status status = outbox_.add(bytes, options, t, now);
  if (status != send_status::accepted) return status;
  last_active_ = now;
  ++stats_.messages_sent;
  return status;
}

send_status session::reply(message_id request, std::span<const std::byte> bytes, time_point now) {
  if (bytes.size() > max_message_size) return send_status::too_large;
  if (!inbox_.requests().may_answer(request)) return send_status::no_peer;
  const auto s = outbox_.add_reply(bytes, request, inbox_.name_of(request), now + reply_lifetime, now);
  if (!s) return send_status::would_block;
  inbox_.requests().answered(request, message_slot{*s});
  ++stats_.messages_sent;
  return send_status::accepted;
}

void session::adopt(outgoing&& message) {
  ++stats_.messages_sent;
  outbox_.adopt(std::move(message));
}

void session::remember(const path_record& earlier) {
  rtt_.remember(earlier.rtt);
  loss_meter_.remember(earlier.losses);
}

std::optional<discard_reason> session::handle_datagram(const wire::header& header,
                                                       std::span<const std::byte> payload, const arrival& a,
                                                       turn& t) {
  introduction_.gate().received(a.size);
  const auto summary = wire::summarize(header, payload);
  if (!summary) return discard_reason::malformed;
  if (const auto wrong = introduction_.examine(header, *summary)) {
    if (wrong == discard_reason::unknown_session) ended_ = end_reason::peer_forgot;
    return wrong;
  }
  if (summary->acknowledged && !flight_.restore(*summary->acknowledged)) return discard_reason::bad_ack;

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
  stats_.bytes_received += a.size;
  last_heard_ = last_active_ = t.now;
  if (introduction_.hear()) {
    ++stats_.sessions_opened;
    t.events.push(session_opened{identity_.peer});
  }
  if (a.congestion_marked) {
    ++marks_received_;
    marks_reports_due_ = reports_of_marks;
  }

  inbox_.begin(t.now);
  const bool accepts = inbox_.accepts(summary->requests) && (a.accept_messages || summary->messages == 0);
  const bool all_taken = take_frames(payload, accepts, t);
  // Unacknowledged, what was not taken comes again; what the datagram acknowledges counts at once.
  if (accepts && all_taken) {
    newest_end_ = std::max(newest_end_, packet_number{packet.value + 1});
    tracker_.received(packet, summary->asks_ack, header.ack_now, t.now, rtt_.max_ack_delay());
  }
  publish(t);
  if (!accepts) return discard_reason::not_accepting;
  return all_taken ? std::nullopt : std::optional(discard_reason::reorder_full);
}

void session::handle_timeout(turn& t) {
  inbox_.begin(t.now);
  if (flight_.loss_time() && *flight_.loss_time() <= t.now) detect_losses(t);
  if (const auto at = probe_time(); at && *at <= t.now) probe(t);
  outbox_.expire(t.now);
  publish(t);
  if (idle_time() <= t.now) ended_ = end_reason::idle;
}

void session::probe(turn& t) {
  ++stats_.probe_timeouts;
  ++probes_in_a_row_;
  probe_timer_.fired();
  outbox_.probe(t.now);
  allowance_.silent(probes_in_a_row_);
  path_mtu_.silent(probes_in_a_row_, t.now);
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

void session::path_changed(bool new_host, time_point now) {
  ++stats_.path_changes;
  if (new_host) {
    rtt_ = rtt_estimator(rtt_.smoothed() + rtt_.smoothed() / 2);
    allowance_ = send_allowance(options_.congestion, identity_.jitter_seed, now);
    path_mtu_ = path_mtu(options_.largest_datagram);
  }
  ask_again(now);
}

// What is in flight was probably not heard.
void session::ask_again(time_point now) {
  if (!flight_.last_sent()) return;
  outbox_.probe(now);
  probe_due_ = true;
}

std::optional<time_point> session::next_timeout() const {
  time_point earliest = idle_time();
  const auto consider = [&](std::optional<time_point> at) {
    if (at && *at < earliest) earliest = *at;
  };
  if (may_send()) consider(tracker_.deadline());
  if (may_send()) consider(redundancy_.next_copy());
  if (may_send()) consider(paced_until_);
  consider(flight_.loss_time());
  consider(probe_time());
  if (may_send()) consider(keep_alive_time());
  consider(mtu_probe_at_);
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
  s.deepest_reordering = tolerance_.deepest();
  s.black_holes = path_mtu_.black_holes();
  s.congestion_window = allowance_.window();
  s.bytes_in_flight = flight_.bytes_in_flight();
  s.pacing_rate = allowance_.pacing_rate();
  s.datagram_size = path_mtu_.size();
  s.peer_credit = peer_credit_;
  // Not the guess that the meter starts from.
  s.loss_rate = stats_.packets_lost <= stats_.spurious_losses ? 0 : loss_meter_.rate();
  s.redundancy_copies = redundancy_.copies(loss_meter_);
  s.held_to_send = outbox_.held_bytes();
  s.held_to_deliver = inbox_.held_bytes();
  return s;
}

bool session::may_send() const {
  return introduction_.gate().allowance() >= introduction::least_datagram;
}

std::optional<time_point> session::probe_time() const {
  const auto last = flight_.last_sent();
  if (!last || probe_due_) return std::nullopt;
  return *last + probe_timer_.interval(rtt_);
}

std::optional<time_point> session::keep_alive_time() const {
  if (options_.keep_alive == duration{0} || !introduction_.heard()) return std::nullopt;
  return std::max(last_active_, last_sent_) + options_.keep_alive;
}

// A responder remembers longer than an initiator goes on, so that a session is never used that was forgotten.
time_point session::idle_time() const {
  if (side() == role::responder) return last_heard_ + options_.idle_timeout;
  const duration patience = options_.idle_timeout / 2;
  return outbox_.awaits_outcome() ? time_point::max() : last_active_ + patience;
}

std::uint32_t session::room() const {
  return accepting_ ? credit_grant::of(options_.receive_buffer -
                                       std::min(options_.receive_buffer, inbox_.waiting_bytes()))
                    : 0;
}

bool session::take_frames(std::span<const std::byte> payload, bool messages_too, turn& t) {
  bool all_taken = true;
  wire::frame_reader frames(payload);
  while (const auto f = frames.next()) {
    if (const auto* a = std::get_if<wire::ack>(&*f)) {
      take_ack(*a, t);
    } else if (const auto* g = std::get_if<wire::greeting>(&*f)) {
      introduction_.take(*g);
    } else if (const auto* e = std::get_if<wire::token_echo>(&*f)) {
      introduction_.take(*e);
    } else if (const auto* c = std::get_if<wire::credit>(&*f)) {
      peer_credit_ = c->bytes;
    } else if (const auto* p = std::get_if<wire::path_challenge>(&*f)) {
      // This end's address changed without its knowledge, and what it sent since was not heard.
      path_response_ = p->secret;
      ask_again(t.now);
    } else if (const auto* marks = std::get_if<wire::congestion_marks>(&*f)) {
      // Only growth means anything: reports can overtake one another.
      const std::uint32_t more = marks->count - marks_reported_;
      if (more == 0 || more > std::numeric_limits<std::uint32_t>::max() / 2) continue;
      marks_reported_ = marks->count;
      stats_.congestion_marks += more;
      allowance_.settle(flight_.bytes_in_flight(), rtt_, std::nullopt, true, t.now);
    } else if (std::holds_alternative<wire::close>(*f)) {
      ended_ = end_reason::closed_by_peer;
    } else {
      const auto* m = std::get_if<wire::message>(&*f);
      if (messages_too || (m != nullptr && m->in_reply_to))
        all_taken = take_message_frame(*f, t) && all_taken;
    }
  }
  return all_taken;
}

bool session::take_message_frame(const wire::frame& f, turn& t) {
  const auto on_arrival = [&](const inbox::arrival& a) { deliver(a, t); };
  if (const auto* m = std::get_if<wire::message>(&f)) {
    if (m->part) ++stats_.fragments_received;
    const auto refused = inbox_.take(*m, on_arrival);
    if (refused == discard_reason::repeated_message) take_repeated(*m, t.now);
    return note(refused);
  }
  if (const auto* s = std::get_if<wire::skip>(&f)) return note(inbox_.skip(*s, on_arrival));
  if (const auto* d = std::get_if<wire::drop>(&f)) return note(inbox_.drop(*d, on_arrival));
  return true;
}

// Counts what was refused. False when it must come again.
bool session::note(std::optional<discard_reason> refused) {
  if (!refused) return true;
  if (refused == discard_reason::reorder_full) return false;  // counted once for the datagram
  stats_.discarded.count(*refused);
  return !inbox::must_come_again(*refused);
}

void session::take_ack(const wire::ack& a, turn& t) {
  const auto largest = flight_.restore(a.largest);
  if (!largest) return;
  bool progress = false;
  measured_.reset();
  flight_.acknowledge(*largest, a, t.now, tolerance_, [&](const sent_packet& p) {
    progress = true;
    if (p.number == *largest) measured_ = t.now - p.sent;
    packet_acknowledged(p, t);
  });
  if (measured_) {
    rtt_.sample(*measured_, std::min<duration>(a.delay * wire::ack_delay_unit, max_ack_delay_cap));
  }
  if (!progress) return;
  probe_timer_.progress();
  probes_in_a_row_ = 0;
  detect_losses(t);
}

void session::packet_acknowledged(const sent_packet& p, turn& t) {
  const duration round_trip = t.now - p.sent;
  if (p.state == sent_packet::fate::lost) {
    ++stats_.spurious_losses;
    tolerance_.spurious(t.now, round_trip);
    if (!p.mtu_probe) {
      loss_meter_.spurious(p.number);
      allowance_.spurious(p, t.now);
    }
  } else {
    loss_meter_.delivered(p.number);
  }
  allowance_.delivered(p, t.now);
  path_mtu_.acknowledged(p.bytes, p.mtu_probe, p.sent, t.now);
  if (p.echoes_token) introduction_.token_acknowledged();
  for (std::size_t i = 0; i < p.carried; ++i) outbox_.acknowledged(flight_.carried(p, i), t.now);
  if (t.trace) {
    constexpr auto what = trace_record::what::acknowledged;
    t.trace({what, t.now, identity_.id, p.number, p.bytes, p.carried, {}, round_trip});
  }
}

void session::packet_lost(const sent_packet& p, time_point now, const trace_sink& trace) {
  ++stats_.packets_lost;
  path_mtu_.lost(p.bytes, p.mtu_probe, p.sent, now);
  if (p.tells_credit) credit_.lost();
  if (!p.mtu_probe) {
    loss_meter_.lost(p.number);
    allowance_.lost(p);
  }
  bool mattered = false;
  for (std::size_t i = 0; i < p.carried; ++i) {
    mattered = outbox_.copy_lost(flight_.carried(p, i), now) || mattered;
  }
  if (p.carried > 0 && !mattered) ++stats_.losses_repaired;
  if (trace) {
    trace({trace_record::what::lost, now, identity_.id, p.number, p.bytes, p.carried, {}, now - p.sent, {}});
  }
}

void session::detect_losses(turn& t) {
  flight_.detect_losses(t.now, tolerance_.limits(rtt_, t.now),
                        [&](const sent_packet& p) { packet_lost(p, t.now, t.trace); });
  allowance_.settle(flight_.bytes_in_flight(), rtt_, std::exchange(measured_, std::nullopt), false, t.now);
  allowance_.datagram_size(path_mtu_.size());
}

// The request came again, so the acknowledgement, and the reply that went with it, were probably lost: unless
// it rode along before anybody could have answered.
void session::take_repeated(const wire::message& m, time_point now) {
  ++stats_.duplicates_received;
  peer_repeats_ = true;
  if (!m.wants_reply || m.part) return;
  const auto reply = inbox_.requests().reply_to(inbox_.restore(m.id));
  if (reply && outbox_.repeat_reply(reply->value, now - rtt_.smoothed() / 2)) ++stats_.replies_repeated;
}

void session::deliver(const inbox::arrival& a, turn& t) {
  if (a.in_reply_to) {
    if (!outbox_.answered(*a.in_reply_to, a.bytes, t.now)) {
      stats_.discarded.count(discard_reason::late_reply);
      return;
    }
    ++stats_.messages_received;
    // A resolution's reply points to where it arrived, so it is told before anything else happens.
    publish(t);
    return;
  }
  ++stats_.messages_received;
  t.events.push(
      message_arrived{{identity_.peer, identity_.id, a.id}, a.mode, a.channel, a.wants_reply, a.bytes});
}

void session::publish(turn& t) {
  while (const auto r = outbox_.poll_resolution()) {
    if (r->is_reply) {
      inbox_.requests().settled(r->request);
    } else {
      stats_.count(r->report.outcome);
      t.events.push(message_resolved{identity_.peer, r->ticket, r->report, r->reply});
    }
  }
}

}  // namespace dgram
