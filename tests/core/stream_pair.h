// SPDX-License-Identifier: MIT
// Two ends of streams in memory and in virtual time: bytes arrive a delay later, in pieces, and the
// connection can break, losing what is under way.
#pragma once

#include <algorithm>
#include <cstddef>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "udp/core/stream_session.h"

namespace dgram::test {

using bytes = std::vector<std::byte>;

inline std::span<const std::byte> view(std::string_view text) {
  return std::as_bytes(std::span(text.data(), text.size()));
}
inline std::string text(std::span<const std::byte> b) {
  return {reinterpret_cast<const char*>(b.data()), b.size()};
}

// What one end heard, with everything that was borrowed copied.
struct end_point {
  std::unique_ptr<stream_protocol> stream;
  std::vector<std::string> arrived;
  std::vector<request_id> requests;
  std::map<std::uint64_t, delivery_report> outcomes;  // by ticket
  std::map<std::uint64_t, std::string> replies;       // by ticket
  std::vector<end_reason> ends;
  int opened = 0;
  int resolved_twice = 0;
  // Called for each message; empty: nothing is replied.
  std::function<void(const message_arrived&)> on_message;

  struct piece {
    time_point when;
    bytes data;
  };
  std::deque<piece> incoming;
  bool window_closed = false;  // the stream towards the other end takes nothing

  void drain() {
    while (const auto e = stream->poll_event()) {
      if (const auto* m = std::get_if<message_arrived>(&*e)) {
        arrived.push_back(text(m->bytes));
        if (m->wants_reply) requests.push_back(m->id);
        if (on_message) on_message(*m);
      } else if (const auto* r = std::get_if<message_resolved>(&*e)) {
        if (!outcomes.emplace(r->ticket.value, r->report).second) ++resolved_twice;
        if (r->report.outcome == outcome::answered) replies[r->ticket.value] = text(r->reply);
      } else if (std::holds_alternative<session_opened>(*e)) {
        ++opened;
      } else if (const auto* gone = std::get_if<session_ended>(&*e)) {
        ends.push_back(gone->reason);
      }
    }
  }
  outcome outcome_of(std::uint64_t t) const { return outcomes.at(t).outcome; }
};

class stream_pair {
 public:
  explicit stream_pair(const stream_options& options = {}, duration delay = std::chrono::milliseconds(10))
      : options_(options), delay_(delay) {
    a.stream = std::make_unique<stream_session>(options, stream_role::initiator, peer_id{1, 1});
  }

  end_point a;  // the initiator
  end_point b;  // made anew with every connection
  std::size_t piece_size = 1400;
  bool accepts_connections = true;
  // Given to each new responder.
  std::function<void(const message_arrived&)> on_request;
  time_point now{std::chrono::seconds(1000)};

  send_status send(std::uint64_t t, std::string_view what, send_options how = {}) {
    return a.stream->send(view(what), how, ticket{t}, now);
  }
  void reply(const request_id& id, std::string_view what) { b.stream->reply(id, view(what), now); }

  // Connects when the initiator asks for it, and moves bytes until `until`.
  void run_until(time_point until) {
    for (;;) {
      step();
      const auto next = next_time();
      if (!next || *next > until) break;
      now = std::max(now, *next);
    }
    now = until;
    step();
  }
  void run(duration d) { run_until(now + d); }

  void break_connection() {
    a.incoming.clear();
    b.incoming.clear();
    if (a.stream->connected()) a.stream->handle_broken(now);
    if (b.stream && b.stream->connected()) b.stream->handle_broken(now);
    drain();
  }

 private:
  void step() {
    if (accepts_connections && a.stream->wants_connection()) connect();
    deliver(a);
    if (b.stream) deliver(b);
    for (end_point* e : {&a, &b}) {
      if (!e->stream) continue;
      if (const auto t = e->stream->next_timeout(); t && *t <= now) e->stream->handle_timeout(now);
      e->drain();
    }
    if (b.stream) {
      transmit(a, b);
      transmit(b, a);
    }
    drain();
    // One end hung up: the other sees the end of the stream.
    if (b.stream && !b.stream->connected() && a.stream->connected() && a.incoming.empty()) {
      a.stream->handle_end(now);
    }
    if (b.stream && b.stream->connected() && !a.stream->connected() && b.incoming.empty()) {
      b.stream->handle_end(now);
    }
    drain();
  }

  void connect() {
    b.stream = std::make_unique<stream_session>(options_, stream_role::responder, peer_id{2, ++generation_});
    b.on_message = on_request;
    a.incoming.clear();
    b.incoming.clear();
    a.stream->handle_opened(now);
    b.stream->handle_opened(now);
  }

  void deliver(end_point& to) {
    while (!to.incoming.empty() && to.incoming.front().when <= now && to.stream->wants_bytes()) {
      const bytes piece = std::move(to.incoming.front().data);
      to.incoming.pop_front();
      to.stream->handle_bytes(piece, now);
      to.drain();
      to.stream->keep();
    }
    if (to.stream->ready()) to.drain();
  }

  void transmit(end_point& from, end_point& to) {
    for (;;) {
      const auto out = from.stream->poll_transmit(now);
      if (out.empty()) return;
      const std::size_t n = from.window_closed ? 0 : std::min(out.size(), piece_size);
      if (n > 0)
        to.incoming.push_back({now + delay_, bytes(out.begin(), out.begin() + static_cast<long>(n))});
      from.stream->transmitted(n, now);
      if (n == 0) return;
    }
  }

  void drain() {
    a.drain();
    if (b.stream) b.drain();
  }

  std::optional<time_point> next_time() const {
    std::optional<time_point> next;
    for (const end_point* e : {&a, &b}) {
      if (!e->stream) continue;
      std::vector<std::optional<time_point>> times{e->stream->next_timeout()};
      if (!e->incoming.empty() && e->stream->wants_bytes()) times.emplace_back(e->incoming.front().when);
      for (const auto t : times) {
        if (t && (!next || *t < *next)) next = t;
      }
    }
    return next;
  }

  stream_options options_;
  duration delay_;
  std::uint32_t generation_ = 0;
};

}  // namespace dgram::test
