// SPDX-License-Identifier: MIT
#include "apps/relay/relay.h"

#include <array>
#include <system_error>
#include <utility>

#include "udp/net/clock.h"

namespace dgram::app {
namespace {

// Of one socket in one turn of the loop, so that no socket keeps the others waiting: half a millisecond of
// work.
constexpr int batches_per_turn = 2;
// Longer than any UDP payload, so that none is cut.
constexpr std::size_t largest_datagram = 65536;

datagram_socket_options socket_options(const relay_options& options) {
  datagram_socket_options socket;
  socket.largest = largest_datagram;
  socket.may_fragment = true;
  socket.force_portable = options.force_portable;
  return socket;
}

void add(socket_statistics& to, const socket_statistics& s) {
  to.receive_calls += s.receive_calls;
  to.send_calls += s.send_calls;
  to.truncated += s.truncated;
  to.receive_overflow += s.receive_overflow;
  to.receive_errors += s.receive_errors;
  to.send_no_room += s.send_no_room;
  to.send_too_large += s.send_too_large;
  to.send_unreachable += s.send_unreachable;
  to.send_refused += s.send_refused;
  to.send_forbidden += s.send_forbidden;
  to.send_other += s.send_other;
}

}  // namespace

relay::relay(asio::io_context& context, impaired_path& path, const relay_options& options)
    : context_(context),
      path_(path),
      options_(options),
      clients_(options.max_clients),
      timer_(context),
      idle_timer_(context) {
  datagram_socket_options front = socket_options(options);
  front.bind = options.listen;
  front_ = datagram_socket::open(context.get_executor(), front);
}

relay::~relay() {
  close();
}

void relay::start() {
  wait_for_clients();
}

void relay::close() {
  closed_ = true;
  timer_.cancel();
  idle_timer_.cancel();
  front_->close();
  clients_.for_each([](const relay_client& c) { c.upstream->close(); });
}

void relay::wait_for_clients() {
  front_->async_wait_readable([this, front = front_](std::error_code error) {
    if (error || closed_) return;
    read_clients();
    wait_for_clients();
  });
}

void relay::read_clients() {
  for (int i = 0; i < batches_per_turn; ++i) {
    const auto batch = front_->receive();
    const time_point now = read_clock();
    for (const datagram_socket::arrival& a : batch.arrivals) {
      if (const relay_client* client = client_at(a.from, now))
        path_.push(side::client, a.bytes, client->id, now);
    }
    forward_due(now);
    if (batch.drained) return;
  }
}

void relay::wait_for_server(client_id id, const shared_socket& socket) {
  socket->async_wait_readable([this, id, socket](std::error_code error) {
    if (error || closed_ || !clients_.find(id)) return;
    read_server(id, socket);
    wait_for_server(id, socket);
  });
}

void relay::read_server(client_id id, const shared_socket& socket) {
  for (int i = 0; i < batches_per_turn; ++i) {
    // An ICMP refusal is counted by the socket; the server may be back any time.
    const auto batch = socket->receive();
    const time_point now = read_clock();
    if (!batch.arrivals.empty()) {
      if (relay_client* client = clients_.find(id)) clients_.touch(*client, now);
    }
    for (const datagram_socket::arrival& a : batch.arrivals) path_.push(side::server, a.bytes, id, now);
    forward_due(now);
    if (batch.drained) return;
  }
}

relay_client* relay::client_at(const path& at, time_point now) {
  relay_client* known = clients_.find(at);
  if (!known) return new_client(at, now);
  clients_.touch(*known, now);
  return known;
}

relay_client* relay::new_client(const path& at, time_point now) {
  if (clients_.full()) {
    ++counts_.evicted;
    forget(*clients_.oldest());
  }
  datagram_socket_options towards_server = socket_options(options_);
  towards_server.connect = options_.to;
  towards_server.batch = 16;  // there may be thousands of these
  shared_socket socket;
  try {
    socket = datagram_socket::open(context_.get_executor(), towards_server);
  } catch (const std::system_error& e) {
    if (++counts_.no_socket == 1 && on_no_socket_) on_no_socket_(e.what());
    return nullptr;
  }
  ++counts_.clients;
  relay_client& client = clients_.add(at, socket, now);
  wait_for_server(client.id, socket);
  if (clients_.size() == 1) arm_idle_timer();
  return &client;
}

void relay::forget(relay_client& client) {
  client.upstream->update_receive_overflow();
  add(counts_.server_side, client.upstream->statistics());
  client.upstream->close();
  clients_.remove(client.id);
}

void relay::forward_due(time_point now) {
  path_.deliver_due(now, [this](side from, const sim::arrival& out) { send(from, out); });
  arm_timer();
}

void relay::send(side from, const sim::arrival& out) {
  relay_client* client = clients_.find(out.tag);
  if (!client) {
    ++counts_.client_gone;
    return;
  }
  const std::array<datagram_socket::departure, 1> one{{{client->at, out.bytes}}};
  // What fails is counted by the socket, by cause.
  (from == side::client ? *client->upstream : *front_).send(one);
}

void relay::arm_timer() {
  const auto next = path_.next_event();
  if (!next || next == armed_for_ || closed_) return;
  armed_for_ = next;
  timer_.expires_at(*next);
  timer_.async_wait([this](std::error_code error) {
    if (error || closed_) return;
    armed_for_.reset();
    forward_due(read_clock());
  });
}

void relay::reschedule() {
  forward_due(read_clock());
}

void relay::arm_idle_timer() {
  const relay_client* oldest = clients_.oldest();
  if (!oldest || closed_) return;
  idle_timer_.expires_at(oldest->last_heard + options_.idle);
  idle_timer_.async_wait([this](std::error_code error) {
    if (error || closed_) return;
    end_idle_clients();
    arm_idle_timer();
  });
}

void relay::end_idle_clients() {
  const time_point now = read_clock();
  while (relay_client* oldest = clients_.oldest()) {
    if (oldest->last_heard + options_.idle > now) return;
    ++counts_.idle;
    forget(*oldest);
  }
}

relay_counts relay::counts() {
  relay_counts all = counts_;
  front_->update_receive_overflow();
  all.client_side = front_->statistics();
  clients_.for_each([&](const relay_client& c) {
    c.upstream->update_receive_overflow();
    add(all.server_side, c.upstream->statistics());
  });
  return all;
}

}  // namespace dgram::app
