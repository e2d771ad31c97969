// SPDX-License-Identifier: MIT
// What leaves: why the next datagram does, and what it holds.
#include <algorithm>

#include "udp/core/session.h"

namespace dgram {

// Whether the peer should acknowledge each datagram at once: when losses are seen and nothing rides along, a
// repair waits for nothing but that. A window that is full has acknowledgements enough.
bool session::prompt() const {
  constexpr std::uint32_t thin = 32;
  return options_.redundancy == redundancy::off() && loss_meter_.seen_lately() && flight_.in_flight() < thin;
}

wire::header session::next_header(bool ack_now) const {
  wire::header h;
  const bool initiator = side() == role::initiator;
  h.kind = initiator ? wire::kind::from_initiator : wire::kind::from_responder;
  h.unheard = initiator && !heard();
  h.ack_now = ack_now;
  h.session = identity_.id;
  h.packet = static_cast<std::uint32_t>(flight_.next_number().value & 0xffffff);
  return h;
}

std::size_t session::datagram_size() const {
  return probe_due_ && probes_in_a_row_ > 0 ? path_mtu_.size_at_timeout() : path_mtu_.size();
}

session::purpose session::choose(time_point now) {
  purpose why;
  const std::uint64_t in_flight = flight_.bytes_in_flight();
  paced_until_.reset();
  why.ack = tracker_.due(now);
  why.probe = probe_due_;
  why.response = path_response_.has_value();
  why.credit = introduction_.heard() && credit_.due(room(), false);
  why.keep_alive = keep_alive_time() && *keep_alive_time() <= now;

  outbox_.limits(peer_credit_, datagram_size());
  const outbox::turn turn = outbox_.next_turn();
  why.open = allowance_.open(in_flight, now);
  why.small = turn == outbox::turn::small && (why.probe || allowance_.open_for_small(in_flight, now));
  why.fragments = turn == outbox::turn::fragment && (why.probe || why.open);
  if (redundancy_.next_copy() && *redundancy_.next_copy() <= now) {
    why.copy = why.open && outbox_.rides(redundancy_.rules(loss_meter_, rtt_), now);
    if (!why.copy) redundancy_.copied(false, rtt_, now);
  }
  if (turn == outbox::turn::nothing) {
    if (!outbox_.waits_for_ids()) allowance_.nothing_to_send(in_flight);
  } else if (!why.open) {
    allowance_.held_back();
    paced_until_ = allowance_.opens_at(in_flight, now);
  }
  if (why.open && heard() && validated() && !why.small && !why.probe) {
    why.mtu_probe = path_mtu_.probe_size(now).value_or(0);
  }
  // One that is due but may not leave goes with the next datagrams that may.
  mtu_probe_at_ = path_mtu_.next_probe();
  if (mtu_probe_at_ && *mtu_probe_at_ <= now) mtu_probe_at_.reset();
  return why;
}

std::size_t session::poll_transmit(time_point now, std::span<std::byte> buffer, const trace_sink& trace) {
  if (ended_ || !may_send()) return 0;
  // First, because what it counts as lost may change what goes next.
  flight_.make_room([&](const sent_packet& p) { packet_lost(p, now, trace); });
  purpose why = choose(now);
  if (why.mtu_probe > buffer.size()) why.mtu_probe = 0;
  if (!why.any()) return 0;

  writing_.carried.clear();
  writing_ = {std::move(writing_.carried)};
  const std::size_t size_limit = why.mtu_probe > 0 ? why.mtu_probe : datagram_size();
  const std::size_t limit = std::min({buffer.size(), size_limit, introduction_.gate().allowance()});
  wire::datagram_writer out(buffer.first(limit), next_header(why.probe || !heard() || prompt()));
  write_control(out, why, now);
  if (why.mtu_probe > 0) {
    out.write(wire::ping{});
    writing_.ping = true;
    out.pad_to(why.mtu_probe);
  } else {
    write_messages(out, why, now);
  }
  const bool messages = !writing_.carried.empty();
  // A message that does not fit beside a long acknowledgement follows it at once; one that is too long for
  // what the address may be sent waits.
  const bool in_the_way = (why.small || why.fragments) && tracker_.pending();
  const bool otherwise =
      why.ack || why.probe || why.response || why.credit || why.keep_alive || why.mtu_probe > 0;
  if (!messages && !otherwise && !in_the_way) return 0;

  if ((why.probe || why.keep_alive) && !messages && !writing_.token && !writing_.ping) {
    out.write(wire::ping{});
    writing_.ping = true;
  }
  introduction_.pad(out);
  const std::size_t size = out.seal();
  departed(why, size, now, trace);
  return size;
}

void session::write_control(wire::datagram_writer& out, const purpose& why, time_point now) {
  const bool introducing = introduction_.under_way();
  introduction_.write(out, now);
  writing_.token = introduction_.echoes_token();
  if (path_response_) {
    out.write(wire::path_response{*path_response_});
    path_response_.reset();
  }
  if (introducing || why.credit) {
    out.write(wire::credit{room()});
    credit_.told(room());
    writing_.credit = true;
  }
  if (!tracker_.pending() || why.mtu_probe > 0) return;
  wire::ack a = tracker_.report(now);
  if (wire::size_of(a) > out.left()) a.range_count = 0;
  out.write(a);
  tracker_.reported();
  if (marks_reports_due_ > 0) {
    --marks_reports_due_;
    out.write(wire::congestion_marks{marks_received_});
  }
}

void session::write_messages(wire::datagram_writer& out, const purpose& why, time_point now) {
  const auto take = [&](std::optional<outbox::placed> piece) {
    if (!piece) return false;
    writing_.carried.push_back(piece->id);
    count_piece(*piece);
    return true;
  };
  if (why.small || why.probe) {
    while (outbox_.next_turn() == outbox::turn::small &&
           take(outbox_.place_small(out, !writing_.carried.empty(), now))) {
      writing_.small = true;
    }
  }
  if ((writing_.small && why.open) || why.copy) {
    const std::size_t before = out.size();
    const auto rules = redundancy_.rules(loss_meter_, rtt_);
    outbox_.ride_along(out, rules, now, [&](message_id id) {
      writing_.carried.push_back(id);
      ++stats_.messages_retransmitted;
      ++stats_.resent_ride;
    });
    stats_.redundancy_bytes += out.size() - before;
  }
  if (!why.open && !why.probe) return;
  while (outbox_.next_turn() == outbox::turn::fragment && take(outbox_.place_fragment(out, now))) {
    ++stats_.fragments_sent;
  }
}

void session::count_piece(const outbox::placed& piece) {
  if (piece.tries <= 1 && piece.cause == send_cause::fresh) {
    writing_.fresh = true;
    return;
  }
  writing_.repeats = true;
  ++stats_.messages_retransmitted;
  switch (piece.cause) {
    case send_cause::probe: ++stats_.resent_probe; break;
    case send_cause::asked: ++stats_.resent_request; break;
    default: ++stats_.resent_lost; break;
  }
}

void session::departed(const purpose& why, std::size_t size, time_point now, const trace_sink& trace) {
  const bool messages = !writing_.carried.empty();
  const send_cause cause = why.probe          ? send_cause::probe
                           : writing_.repeats ? send_cause::loss
                           : writing_.fresh   ? send_cause::fresh
                           : messages         ? send_cause::ride
                           : writing_.token   ? send_cause::handshake
                                              : send_cause::acknowledgement;
  if (trace) {
    const auto messages_in = static_cast<std::uint32_t>(writing_.carried.size());
    trace({trace_record::what::sent, now, identity_.id, flight_.next_number(), size, messages_in, cause});
  }
  const bool asks_ack = messages || writing_.token || writing_.ping || writing_.credit;
  const std::uint64_t in_flight = flight_.bytes_in_flight();
  flight::departure d;
  d.bytes = static_cast<std::uint32_t>(size);
  d.carried = writing_.carried;
  d.asks_ack = asks_ack;
  d.echoes_token = writing_.token;
  d.prompt = why.probe || prompt();
  d.mtu_probe = why.mtu_probe > 0;
  d.tells_credit = writing_.credit;
  d.rate = allowance_.sent(size, asks_ack, in_flight, rtt_, now);
  flight_.sent(now, d);
  introduction_.gate().sent(size);
  if (d.mtu_probe) path_mtu_.probe_sent(size, now, rtt_.probe_timeout());
  if (why.copy && cause == send_cause::ride) {
    redundancy_.copied(messages, rtt_, now);
  } else {
    const bool more = outbox_.next_turn() != outbox::turn::nothing;
    const bool losses_seen = peer_repeats_ || stats_.packets_lost > stats_.spurious_losses;
    redundancy_.sent({writing_.fresh, writing_.repeats, more}, losses_seen, loss_meter_, rtt_, now);
  }
  probe_due_ = false;
  last_sent_ = now;
  ++stats_.datagrams_sent;
  stats_.bytes_sent += size;
}

std::size_t session::write_close(std::span<std::byte> buffer) {
  wire::header h = next_header(false);
  h.unheard = false;  // it must not begin a session
  wire::datagram_writer out(buffer, h);
  if (introduction_.echoes_token()) introduction_.write(out, last_active_);
  out.write(wire::close{});
  flight_.make_room([](const sent_packet&) {});
  flight_.sent(last_active_, {});
  const std::size_t size = out.seal();
  if (size > introduction_.gate().allowance()) return 0;
  ++stats_.datagrams_sent;
  stats_.bytes_sent += size;
  return size;
}

std::size_t session::write_challenge(std::span<std::byte> buffer, std::uint64_t secret, time_point now) {
  wire::datagram_writer out(buffer, next_header(false));
  introduction_.write(out, now);
  out.write(wire::path_challenge{secret});
  flight_.make_room([](const sent_packet&) {});
  flight_.sent(now, {});
  const std::size_t size = out.seal();
  ++stats_.datagrams_sent;
  stats_.bytes_sent += size;
  return size;
}

}  // namespace dgram
