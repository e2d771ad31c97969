// SPDX-License-Identifier: MIT
#include "udp/net/tcp_endpoint.h"

#include <algorithm>
#include <utility>

#include <asio/error.hpp>

#include "udp/core/stream_plain_client.h"
#include "udp/core/stream_session.h"
#include "udp/net/address_text.h"
#include "udp/net/socket_address.h"
#include "udp/net/tcp_endpoint_impl.h"
#include "udp/net/tcp_socket.h"

namespace dgram {

tcp_endpoint::tcp_endpoint(executor_type executor, const tcp_options& options)
    : tcp_endpoint(std::move(executor), options, language::ours) {}

tcp_endpoint::tcp_endpoint(executor_type executor, const tcp_options& options, language spoken)
    : message_endpoint(executor, options.limits),
      options_(options),
      language_(spoken),
      read_buffer_(64 * 1024),
      timer_(wake_up_timer::make(get_executor(), [this] { wake_up([this] { timer_fired(); }); })) {
  if (!options_.congestion_control.empty()) {
    tcp::socket probe(executor, tcp::v4());
    if (const auto e = set_congestion_control(probe.native_handle(), options_.congestion_control)) {
      throw std::system_error(e, "congestion control " + options_.congestion_control);
    }
  }
  if (options_.listen) {
    acceptor_ =
        std::make_unique<tcp_acceptor>(executor, options_, [this](tcp::socket socket, const address& remote) {
          wake_up([&] { accepted(std::move(socket), remote); });
        });
    local_ = acceptor_->local();
  }
}

tcp_endpoint::~tcp_endpoint() {
  trace_ = nullptr;
  tcp_endpoint::close();
}

// --- What the user asks for.

peer_id tcp_endpoint::open(const address& remote) {
  if (closed()) return {};
  if (const tcp_peer* known = peers_.find(remote)) return known->id;
  tcp_peer& p = peers_.add(remote, fresh_delay());
  if (language_ == language::plain) {
    p.plain = true;
    p.stream = std::make_unique<stream_plain_client>(options_.stream, p.id);
  } else {
    p.stream = std::make_unique<stream_session>(options_.stream, stream_role::initiator, p.id);
  }
  p.stream->accept_messages(accepting_);
  return p.id;
}

void tcp_endpoint::close(peer_id peer) {
  tcp_peer* p = usable(peer);
  if (!p) return;
  p->closing = true;
  p->stream->close(now());
  touch(*p);
  refuse_parked(peer);
  schedule();
}

void tcp_endpoint::close() {
  if (closed()) return;
  if (acceptor_) ended_.discarded += turned_away();
  acceptor_.reset();
  timer_->cancel();
  peers_.for_each([this](tcp_peer& p) {
    p.stream->close(now());
    while (p.stream->poll_event()) {
    }
    remove(p);
  });
  touched_.clear();
  abort_operations();
}

send_status tcp_endpoint::submit(peer_id peer, std::span<const std::byte> bytes, const send_options& how,
                                 ticket t) {
  tcp_peer* p = usable(peer);
  if (!p) return send_status::no_peer;
  touch(*p);
  return p->stream->send(bytes, how, t, now());
}

send_status tcp_endpoint::submit_reply(const request_id& id, std::span<const std::byte> bytes) {
  tcp_peer* p = usable(id.peer);
  if (!p) return send_status::no_peer;
  touch(*p);
  return p->stream->reply(id, bytes, now());
}

tcp_peer* tcp_endpoint::usable(peer_id id) const {
  tcp_peer* p = peers_.find(id);
  return p && !p->closing ? p : nullptr;
}

statistics tcp_endpoint::total() const {
  statistics sum = ended_;
  sum += parked_outcomes();
  sum.discarded += turned_away();
  peers_.for_each([&](const tcp_peer& p) { sum += p.stream->counted(); });
  return sum;
}

std::optional<statistics> tcp_endpoint::of(peer_id peer) const {
  const tcp_peer* p = usable(peer);
  return p ? std::optional(p->stream->counted()) : std::nullopt;
}

std::optional<address> tcp_endpoint::remote_of(peer_id peer) const {
  const tcp_peer* p = peers_.find(peer);
  return p ? std::optional(p->remote) : std::nullopt;
}

std::optional<tcp_kernel_view> tcp_endpoint::kernel_view(peer_id peer) const {
  const tcp_peer* p = peers_.find(peer);
  if (!p || !p->socket) return std::nullopt;
  // Not through the socket's native_handle(), which is not const.
  return tcp_kernel_view_of(const_cast<tcp::socket&>(*p->socket).native_handle());
}

// By the accept loop, for want of descriptors.
discard_counters tcp_endpoint::turned_away() const {
  discard_counters counted;
  if (acceptor_)
    counted.by_reason[static_cast<std::size_t>(discard_reason::session_limit)] = acceptor_->turned_away();
  return counted;
}

address tcp_endpoint::local() const {
  return local_;
}

std::error_code tcp_endpoint::last_hint(peer_id peer) const {
  const tcp_peer* p = peers_.find(peer);
  return p ? p->hint : std::error_code{};
}

void tcp_endpoint::trace_to(trace_sink sink) {
  trace_ = std::move(sink);
}

void tcp_endpoint::trace(const tcp_peer& p, trace_record::what happened, std::size_t bytes) {
  if (!trace_) return;
  const statistics& s = p.stream->counted();
  const bool sent = happened == trace_record::what::sent;
  trace_record record{};
  record.happened = happened;
  record.when = now();
  record.packet.value = sent ? s.datagrams_sent : s.datagrams_received;
  record.bytes = bytes;
  trace_(record);
}

// --- Connections.

void tcp_endpoint::accepted(tcp::socket socket, const address& remote) {
  if (!taking_connections_) return ended_.discarded.count(discard_reason::no_new_sessions);
  if (accepted_peers_ >= options_.max_peers) return ended_.discarded.count(discard_reason::session_limit);
  if (prepare(socket, options_)) return;
  tcp_peer& p = peers_.add(remote, fresh_delay());
  ++accepted_peers_;
  p.accepted = p.undecided = true;
  p.socket.emplace(std::move(socket));
  stream_options stream = options_.stream;
  // Plain peers are people, and may think before they type; ours have something to say at once.
  if (!options_.plain_from_anywhere && !is_loopback(remote)) {
    stream.first_byte_timeout = std::min(stream.first_byte_timeout, stream.preamble_timeout);
  }
  p.stream = std::make_unique<stream_session>(stream, stream_role::responder, p.id);
  p.stream->accept_messages(accepting_);
  p.stream->handle_opened(now());
  touch(p);
}

void tcp_endpoint::connect(tcp_peer& p) {
  const auto to = to_tcp_endpoint(p.remote);
  ++p.connection;
  p.heard = false;
  p.socket.emplace(get_executor());
  std::error_code error;
  p.socket->open(to.protocol(), error);
  if (!error) error = prepare(*p.socket, options_);
  if (error) return attempt_failed(p, error);
  p.connecting = true;
  p.attempt_end = now() + options_.connect_timeout;
  p.socket->async_connect(to, on_peer(p, [this](tcp_peer& q, std::error_code e) { connected(q, e); }));
}

void tcp_endpoint::connected(tcp_peer& p, std::error_code error) {
  if (error) return attempt_failed(p, error);
  p.connecting = false;
  p.stream->handle_opened(now());
}

void tcp_endpoint::attempt_failed(tcp_peer& p, std::error_code error) {
  p.hint = error;
  p.connecting = false;
  p.socket.reset();
  ++p.connection;
  p.attempt_at = now() + p.retry.after_failure();
}

void tcp_endpoint::broken(tcp_peer& p, std::error_code why) {
  p.hint = why;
  p.stream->handle_broken(now());
}

void tcp_endpoint::drop_connection(tcp_peer& p) {
  hang_up(*p.socket);
  p.socket.reset();
  ++p.connection;
  p.waits_to_read = p.waits_to_write = false;
  if (p.heard) return;
  // A connection that brought nothing is like one that was not made.
  if (!p.hint) p.hint = asio::error::eof;
  p.attempt_at = now() + p.retry.after_failure();
}

void tcp_endpoint::remove(tcp_peer& p) {
  if (p.socket && !p.connecting) {
    write(p);
    hang_up(*p.socket);
  }
  if (p.accepted) --accepted_peers_;
  ended_ += p.stream->counted();
  peers_.erase(p);
}

// --- Time.

void tcp_endpoint::set_deadline(tcp_peer& p) {
  auto next = p.stream->next_timeout();
  const auto sooner = [&next](time_point t) {
    if (!next || t < *next) next = t;
  };
  if (p.connecting) sooner(p.attempt_end);
  if (p.attempt_at && p.stream->wants_connection()) sooner(*p.attempt_at);
  peers_.set_deadline(p, next);
}

void tcp_endpoint::arm_timer() {
  auto wanted = peers_.next_deadline();
  if (const auto parked = parked_deadline(); parked && (!wanted || *parked < *wanted)) wanted = parked;
  if (!closed()) timer_->set(wanted, now());
}

void tcp_endpoint::timer_fired() {
  while (tcp_peer* p = peers_.take_due(now())) {
    p->stream->handle_timeout(now());
    if (p->connecting && p->attempt_end <= now()) attempt_failed(*p, asio::error::timed_out);
    touch(*p);
  }
}

}  // namespace dgram
