// SPDX-License-Identifier: MIT
#include <algorithm>
#include <optional>

#include "tests/lossy/ends.h"
#include "tests/scenario/ledger.h"
#include "udp/core/stream_session.h"
#include "udp/sim/simulator.h"

namespace dgram::test {
namespace {

constexpr int event_cap = 5'000'000;
constexpr std::size_t read_size = 16 * 1024;

class tcp_ends final : public ends {
 public:
  tcp_ends(const sim::link_options& forth, const sim::link_options& back, std::uint64_t seed,
           const stream_pipe_options& pipe)
      : pipes_{{forth, pipe, seed, 0}, {back, pipe, seed, 1}} {
    at(side::client) =
        std::make_unique<stream_session>(stream_options{}, stream_role::initiator, peer_id{1, 1});
  }

  send_status send(side from, std::span<const std::byte> bytes, const send_options& how, ticket t) override {
    return at(from) ? at(from)->send(bytes, how, t, now_) : send_status::no_peer;
  }
  send_status reply(side who, const request_id& to, std::span<const std::byte> bytes) override {
    return at(who)->reply(to, bytes, now_);
  }
  void take_messages(side who, bool take) override { at(who)->accept_messages(take); }

  void break_connection() override {
    for (stream_pipe& p : pipes_) p.reset();
    opening_ = false;
    for (const side s : {side::client, side::server}) {
      if (at(s) && at(s)->connected()) at(s)->handle_broken(now_);
      drain(s);
    }
  }

  void run_until(time_point end) override {
    for (int events = 0; events < event_cap; ++events) {
      while (step()) {
      }
      const auto next = next_event();
      if (!next || *next > end) {
        now_ = std::max(now_, end);
        return;
      }
      now_ = std::max(now_, *next);
      for (stream_pipe& p : pipes_) p.advance(now_);
      for (const side s : {side::client, side::server}) {
        if (at(s) && at(s)->next_timeout() && *at(s)->next_timeout() <= now_) at(s)->handle_timeout(now_);
      }
    }
    throw broken_promise("too many events");
  }
  time_point now() const override { return now_; }
  sim::link& link_from(side s) override { return from(s).link(); }
  std::uint64_t damage_found() override { return pipes_[0].damaged() + pipes_[1].damaged(); }

 private:
  std::unique_ptr<stream_session>& at(side s) { return sessions_[static_cast<std::size_t>(s)]; }
  stream_pipe& from(side s) { return pipes_[static_cast<std::size_t>(s)]; }
  bool up(side s) { return at(s) && at(s)->connected(); }

  // Returns whether anything moved.
  bool step() {
    bool moved = open_connection();
    for (const side s : {side::client, side::server}) {
      if (!at(s)) continue;
      moved = take_bytes(s) || moved;
      drain(s);
      moved = write(s) || moved;
    }
    hang_up();
    return moved;
  }

  // A SYN takes one place in the stream, and is lost and sent again as anything else is; TCP would wait a
  // second for it (RFC 6298 section 2.1). The server's answer is its own one byte.
  bool open_connection() {
    constexpr std::byte syn{};
    if (!opening_ && at(side::client)->wants_connection()) {
      at(side::server).reset();
      for (stream_pipe& p : pipes_) p.reset();
      opening_ = true;
      from(side::client).write({&syn, 1}, now_);
      return true;
    }
    if (!opening_) return false;
    if (!at(side::server) && from(side::client).readable() > 0) {
      from(side::client).read(1);
      at(side::server) = std::make_unique<stream_session>(stream_options{}, stream_role::responder,
                                                          peer_id{2, ++connections_});
      at(side::server)->handle_opened(now_);
      from(side::server).write({&syn, 1}, now_);
      return true;
    }
    if (!at(side::server) || from(side::server).readable() == 0) return false;
    from(side::server).read(1);
    opening_ = false;
    at(side::client)->handle_opened(now_);
    return true;
  }

  bool take_bytes(side s) {
    bool moved = false;
    if (up(s) && at(s)->ready()) {
      drain(s);
      moved = true;
    }
    while (up(s) && at(s)->wants_bytes() && from(other(s)).readable() > 0) {
      const std::vector<std::byte> piece = from(other(s)).read(read_size);
      at(s)->handle_bytes(piece, now_);
      drain(s);
      at(s)->keep();
      moved = true;
    }
    return moved;
  }

  bool write(side s) {
    const auto out = at(s)->poll_transmit(now_);
    const std::size_t count = std::min(out.size(), from(s).room());
    if (out.empty()) return false;
    from(s).write(out.first(count), now_);
    at(s)->transmitted(count, now_);
    return count > 0;
  }

  // One side is done, by itself: the other sees the end of the stream behind what is still to be read.
  void hang_up() {
    if (opening_ || up(side::client) == up(side::server)) return;
    const side left = up(side::client) ? side::client : side::server;
    if (!from(other(left)).empty()) return;
    at(left)->handle_end(now_);
    drain(left);
  }

  void drain(side s) {
    while (at(s)) {
      const auto e = at(s)->poll_event();
      if (!e) return;
      tell(s, *e);
    }
  }

  std::optional<time_point> next_event() {
    std::optional<time_point> next;
    const auto consider = [&next](std::optional<time_point> t) {
      if (t && (!next || *t < *next)) next = t;
    };
    for (const stream_pipe& p : pipes_) consider(p.next_event());
    for (const auto& s : sessions_) consider(s ? s->next_timeout() : std::nullopt);
    return next;
  }

  stream_pipe pipes_[2];  // by the side that writes
  std::unique_ptr<stream_session> sessions_[2];
  bool opening_ = false;
  std::uint32_t connections_ = 0;
  time_point now_ = sim::epoch;
};

}  // namespace

std::unique_ptr<ends> over_tcp(const sim::link_options& forth, const sim::link_options& back,
                               std::uint64_t seed, const stream_pipe_options& pipe) {
  return std::make_unique<tcp_ends>(forth, back, seed, pipe);
}

}  // namespace dgram::test
