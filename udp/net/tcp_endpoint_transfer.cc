// SPDX-License-Identifier: MIT
// The part of tcp_endpoint that moves bytes: from sockets into streams, and at the end of a wake-up from
// streams into sockets.
#include <algorithm>
#include <utility>

#include <asio/buffer.hpp>
#include <asio/error.hpp>
#include <asio/post.hpp>

#include "udp/core/stream_framing.h"
#include "udp/core/stream_plain_server.h"
#include "udp/net/address_text.h"
#include "udp/net/tcp_endpoint.h"
#include "udp/net/tcp_endpoint_impl.h"

namespace dgram {
namespace {

// Full reads of one peer in a row, before others have their turn.
constexpr int most_reads = 8;

}  // namespace

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
  if (!p.stream->connected()) {
    if (!p.heard) p.hint = std::make_error_code(std::errc::protocol_error);
    return;
  }
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
  if (p.closing && p.connecting) attempt_failed(p, asio::error::operation_aborted);
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

// False when there is nothing more to do until the next wake-up.
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

}  // namespace dgram
