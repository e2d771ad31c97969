// SPDX-License-Identifier: MIT
#include "udp/net/tcp_endpoint.h"

#include <algorithm>
#include <utility>

#include <asio/error.hpp>
#include <asio/post.hpp>

#include "udp/core/stream_framing.h"
#include "udp/core/stream_plain_client.h"
#include "udp/core/stream_plain_server.h"
#include "udp/core/stream_session.h"
#include "udp/net/address_text.h"
#include "udp/net/socket_address.h"
#include "udp/net/tcp_socket.h"

namespace dgram {
namespace {

constexpr std::size_t read_size = 64 * 1024;
// Full reads of one peer in a row, before others have their turn.
constexpr int most_reads = 8;

}  // namespace

tcp_endpoint::tcp_endpoint(executor_type executor, const tcp_options& options)
    : tcp_endpoint(std::move(executor), options, language::ours) {}

tcp_endpoint::tcp_endpoint(executor_type executor, const tcp_options& options, language spoken)
    : message_endpoint(executor, options.limits),
      options_(options),
      language_(spoken),
      read_buffer_(read_size),
      timer_(executor) {
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
  acceptor_.reset();
  timer_.cancel();
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

address tcp_endpoint::local() const {
  return acceptor_ ? acceptor_->local() : address{};
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

template <class Work>
auto tcp_endpoint::on_peer(const tcp_peer& peer, Work work) {
  return [this, watch = observe_lifetime(), id = peer.id, connection = peer.connection,
          work = std::move(work)](std::error_code error, auto... result) {
    if (watch.over() || error == asio::error::operation_aborted) return;
    tcp_peer* p = peers_.find(id);
    if (!p || p->connection != connection) return;
    wake_up([&] {
      work(*p, error, result...);
      touch(*p);
    });
  };
}

void tcp_endpoint::accepted(tcp::socket socket, const address& remote) {
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
  // A connection that brought nothing is like one that was not made.
  if (!p.heard) p.attempt_at = now() + p.retry.after_failure();
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

// --- What arrives.

void tcp_endpoint::arrived(tcp_peer& p, std::error_code error, std::size_t size) {
  if (error == asio::error::eof) return p.stream->handle_end(now());
  if (error) return broken(p, error);
  const auto first = std::span(p.arriving).first(size);
  if (size < p.arriving.size()) return take(p, first);
  // More is likely there; to a plain peer what comes at once is one message.
  std::copy(first.begin(), first.end(), read_buffer_.begin());
  read(p, size);
}

// Reads on behind the `size` bytes that are in the buffer, until the socket has no more.
void tcp_endpoint::read(tcp_peer& p, std::size_t size) {
  for (int reads = 0; reads < most_reads; ++reads) {
    std::error_code error;
    const std::size_t whole = read_buffer_.size();
    size += p.socket->read_some(asio::buffer(read_buffer_) + size, error);
    if (size > 0) take(p, std::span(read_buffer_).first(size));
    if (error == asio::error::eof) return p.stream->handle_end(now());
    if (error && error != asio::error::would_block) return broken(p, error);
    if (size < whole || !p.stream->wants_bytes()) return;
    size = 0;
  }
}

void tcp_endpoint::take(tcp_peer& p, std::span<const std::byte> bytes) {
  if (p.undecided && !decide_language(p, bytes)) return;
  p.stream->handle_bytes(bytes, now());
  trace(p, trace_record::what::received, bytes.size());
  drain(p);
  if (!p.stream->connected()) return;
  p.heard = true;
  p.hint.clear();
  p.retry.succeeded();
}

bool tcp_endpoint::decide_language(tcp_peer& p, std::span<const std::byte> first) {
  p.undecided = false;
  if (begins_like_ours(first)) return true;
  if (!options_.plain_from_anywhere && !is_loopback(p.remote)) {
    ended_.discarded.count(discard_reason::plain_refused);
    p.stream->handle_broken(now());
    return false;
  }
  p.plain = true;
  p.stream = std::make_unique<stream_plain_server>(options_.stream, p.id);
  p.stream->accept_messages(accepting_);
  p.stream->handle_opened(now());
  return true;
}

void tcp_endpoint::drain(tcp_peer& p) try {
  while (const auto e = p.stream->poll_event()) {
    const auto* message = std::get_if<message_arrived>(&*e);
    if (message && p.plain) {
      deliver({message->id, message->mode, message->channel, message->wants_reply, true, message->bytes});
    } else {
      handle(*e);
    }
  }
} catch (...) {
  // The user's function threw. What it left goes on in a wake-up of its own, without the read buffer.
  p.stream->keep();
  touch(p);
  asio::post(get_executor(), [this, watch = observe_lifetime()] {
    if (!watch.over()) wake_up([] {});
  });
  throw;
}

void tcp_endpoint::drain_events() {
  for (std::size_t i = 0; i < touched_.size(); ++i) {
    if (tcp_peer* p = peers_.find(touched_[i])) drain(*p);
  }
}

void tcp_endpoint::accept_messages(bool accept) {
  accepting_ = accept;
  peers_.for_each([&](tcp_peer& p) {
    p.stream->accept_messages(accept);
    if (p.stream->ready() || p.stream->wants_bytes()) touch(p);
  });
}

// --- The end of a wake-up.

void tcp_endpoint::touch(tcp_peer& p) {
  if (!std::exchange(p.touched, true)) touched_.push_back(p.id);
}

void tcp_endpoint::flush() {
  for (std::size_t i = 0; i < touched_.size(); ++i) {
    tcp_peer* p = peers_.find(touched_[i]);
    if (!p) continue;
    p->touched = false;
    see_to(*p);
  }
  touched_.clear();
  arm_timer();
}

void tcp_endpoint::see_to(tcp_peer& p) {
  if (p.socket && !p.connecting) {
    write(p);
    while (p.stream->ready()) {
      drain(p);
      write(p);
    }
    drain(p);
    if (!p.stream->connected()) drop_connection(p);
  }
  if (!p.socket && (p.accepted || p.closing)) return remove(p);
  if (p.attempt_at && *p.attempt_at <= now()) p.attempt_at.reset();
  if (!p.socket && !p.attempt_at && p.stream->wants_connection()) connect(p);
  if (p.socket && !p.connecting) wait_to_read(p);
  set_deadline(p);
}

void tcp_endpoint::write(tcp_peer& p) {
  while (!p.waits_to_write) {
    const auto out = p.stream->poll_transmit(now());
    if (out.empty() || !write_some(p, out)) return;
  }
}

// False when there is nothing more to do for now.
bool tcp_endpoint::write_some(tcp_peer& p, std::span<const std::byte> out) {
  std::error_code error;
  const std::size_t size = p.socket->write_some(asio::buffer(out.data(), out.size()), error);
  if (error && error != asio::error::would_block) {
    broken(p, error);
    return false;
  }
  p.stream->transmitted(size, now());
  if (size > 0) trace(p, trace_record::what::sent, size);
  if (size == out.size()) return true;
  wait_to_write(p);
  return false;
}

void tcp_endpoint::wait_to_read(tcp_peer& p) {
  if (p.waits_to_read || !p.stream->wants_bytes()) return;
  p.waits_to_read = true;
  // Not async_wait: that costs an epoll_ctl, and with it an event of its own on a socket that once waited to
  // write, as every connecting one did.
  p.socket->async_read_some(asio::buffer(p.arriving),
                            on_peer(p, [this](tcp_peer& q, std::error_code error, std::size_t size) {
                              q.waits_to_read = false;
                              arrived(q, error, size);
                            }));
}

void tcp_endpoint::wait_to_write(tcp_peer& p) {
  p.waits_to_write = true;
  p.socket->async_wait(tcp::socket::wait_write, on_peer(p, [this](tcp_peer& q, std::error_code error) {
                         q.waits_to_write = false;
                         if (error) broken(q, error);
                       }));
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

// An armed timer is left alone when it is early enough: it then fires for nothing now and then, which is
// cheaper than a system call for every message.
void tcp_endpoint::arm_timer() {
  auto wanted = peers_.next_deadline();
  if (const auto parked = parked_deadline(); parked && (!wanted || *parked < *wanted)) wanted = parked;
  if (closed() || !wanted || (armed_for_ && *armed_for_ <= *wanted)) return;
  armed_for_ = wanted;
  timer_.expires_at(*wanted);
  timer_.async_wait([this, watch = observe_lifetime()](std::error_code error) {
    if (!error && !watch.over()) wake_up([this] { timer_fired(); });
  });
}

void tcp_endpoint::timer_fired() {
  armed_for_.reset();
  while (tcp_peer* p = peers_.take_due(now())) {
    p->stream->handle_timeout(now());
    if (p->connecting && p->attempt_end <= now()) attempt_failed(*p, asio::error::timed_out);
    touch(*p);
  }
}

}  // namespace dgram
