// SPDX-License-Identifier: MIT
#include "udp/sim/host.h"

#include <algorithm>
#include <array>

#include "udp/sim/random.h"

namespace dgram::sim {
namespace {

// One flush never sends more than a full window to each of many peers would; beyond it the core is looping.
constexpr int most_datagrams_per_flush = 100'000;

std::uint64_t word(peer_id peer) {
  return std::uint64_t{peer.slot} << 32 | peer.generation;
}

struct event_hasher {
  fingerprint& out;

  void operator()(const message_arrived& e) const {
    out.add(word(e.id.peer));
    out.add(e.id.session.value);
    out.add(e.id.message.value);
    out.add(std::uint64_t{e.channel.value} << 16 | static_cast<std::uint64_t>(e.mode) << 8 |
            std::uint64_t{e.wants_reply});
    out.add(e.bytes);
  }
  void operator()(const message_resolved& e) const {
    out.add(word(e.peer));
    out.add(e.ticket.value);
    out.add(static_cast<std::uint64_t>(e.report.outcome) << 16 | e.report.tries);
    out.add(static_cast<std::uint64_t>(e.report.round_trip.count()));
    out.add(e.reply);
  }
  void operator()(const session_opened& e) const { out.add(word(e.peer)); }
  void operator()(const session_ended& e) const {
    out.add(word(e.peer));
    out.add(static_cast<std::uint64_t>(e.reason));
  }
};

}  // namespace

bool host::late_reply::operator>(const late_reply& other) const {
  return due != other.due ? due > other.due : order > other.order;
}

host::host(const address& self, const switchboard_options& options, std::uint64_t seed, time_point now)
    : self_(self), options_(options), seed_(seed) {
  start(now);
}

void host::start(time_point now) {
  board_.emplace(options_, random_stream(mix(seed_) ^ incarnation_), now);
}

void host::stop() {
  board_.reset();
  late_replies_.clear();
  unflushed_ = false;
}

void host::restart(time_point now) {
  stop();
  ++incarnation_;
  start(now);
}

void host::close(peer_id peer, time_point now) {
  board_->close(peer, now);
  drain(now);
}

void host::close_all(time_point now) {
  board_->close_all(now);
  drain(now);
}

send_status host::send(peer_id peer, std::span<const std::byte> bytes, const send_options& options,
                       ticket mark, time_point now) {
  unflushed_ = true;
  return board_->send(peer, bytes, options, mark, now);
}

send_status host::reply(const request_id& to, std::span<const std::byte> bytes, time_point now) {
  unflushed_ = true;
  return board_->reply(to, bytes, now);
}

void host::reply_at(time_point due, const request_id& to, std::span<const std::byte> bytes) {
  late_replies_.push_back({due, late_reply_order_++, to, {bytes.begin(), bytes.end()}});
  std::push_heap(late_replies_.begin(), late_replies_.end(), std::greater<>{});
}

void host::receive(std::span<const std::byte> datagram, const address& from, time_point now,
                   bool congestion_marked) {
  if (!running()) return;
  board_->handle_datagram(datagram, path{from, self_}, now, congestion_marked);
  drain(now);
}

void host::wake(time_point now) {
  if (!running()) return;
  send_late_replies(now);
  const std::optional<time_point> timeout = board_->next_timeout();
  if (!timeout || *timeout > now) return;
  board_->handle_timeout(now);
  drain(now);
}

bool host::flush(time_point now, const wire& out) {
  if (!unflushed_) return true;
  unflushed_ = false;
  std::array<std::byte, largest_datagram> buffer;
  for (int i = 0; i < most_datagrams_per_flush; ++i) {
    const std::optional<transmit> datagram = board_->poll_transmit(now, buffer);
    if (!datagram) return true;
    out(datagram->to.remote, std::span<const std::byte>(buffer).first(datagram->size));
  }
  return false;
}

std::optional<time_point> host::next_event() const {
  if (!running()) return std::nullopt;
  std::optional<time_point> next = board_->next_timeout();
  if (!late_replies_.empty() && (!next || late_replies_.front().due < *next)) {
    next = late_replies_.front().due;
  }
  return next;
}

void host::drain(time_point now) {
  unflushed_ = true;
  while (const std::optional<event> happened = board_->poll_event()) {
    events_.add(now);
    events_.add(happened->index());
    std::visit(event_hasher{events_}, *happened);
    if (program_) program_(*this, *happened, now);
  }
}

void host::send_late_replies(time_point now) {
  while (!late_replies_.empty() && late_replies_.front().due <= now) {
    std::pop_heap(late_replies_.begin(), late_replies_.end(), std::greater<>{});
    const late_reply out = std::move(late_replies_.back());
    late_replies_.pop_back();
    reply(out.to, out.bytes, now);
  }
}

}  // namespace dgram::sim
