// SPDX-License-Identifier: MIT
#include "apps/compare/simulated_ends.h"

#include <algorithm>
#include <array>
#include <deque>
#include <utility>
#include <variant>
#include <vector>

#include "udp/sim/host.h"
#include "udp/sim/random.h"

namespace dgram::app::compare {
namespace {

// Nothing may expire before the run is over.
constexpr duration patience = std::chrono::minutes(5);

send_options how_to_send(const entrant& who, bool with_reply) {
  send_options how;
  how.mode = who.mode;
  how.wants_reply = with_reply;
  how.deadline = patience;
  return how;
}

address address_of(side s) {
  address a;
  a.ip[15] = s == side::client ? 1 : 2;
  a.port = 9000;
  return a;
}

switchboard_options options_of(const entrant& who) {
  switchboard_options o;
  o.session.redundancy = who.redundancy;
  o.session.congestion = who.control;
  return o;
}

class two_hosts final : public simulated_ends {
 public:
  two_hosts(const entrant& who, bool with_reply, std::uint64_t seed, time_point now, receiver r)
      : how_(how_to_send(who, with_reply)),
        receiver_(std::move(r)),
        hosts_{sim::host(address_of(side::client), options_of(who), sim::mix(seed), now),
               sim::host(address_of(side::server), options_of(who), ~sim::mix(seed), now)} {
    peer_ = client().open(address_of(side::server), now);
    server().run([this](sim::host& h, const event& e, time_point at) {
      const auto* message = std::get_if<message_arrived>(&e);
      if (!message) return;
      if (message->wants_reply) {
        h.reply(message->id, message->bytes, at);
      } else {
        receiver_(message->bytes, at);
      }
    });
    client().run([this](sim::host&, const event& e, time_point at) {
      const auto* resolved = std::get_if<message_resolved>(&e);
      if (!resolved) return;
      --outstanding_;
      if (resolved->report.outcome == outcome::answered) receiver_(resolved->reply, at);
    });
  }

  bool send(std::span<const std::byte> message, time_point now) override {
    if (client().send(peer_, message, how_, ticket{}, now) != send_status::accepted) return false;
    ++outstanding_;
    return true;
  }
  void receive(side at, std::span<const std::byte> datagram, time_point now) override {
    host(at).receive(datagram, address_of(opposite(at)), now);
  }
  void wake(time_point now) override {
    for (sim::host& h : hosts_) h.wake(now);
  }
  void flush(time_point now, const wire& out) override {
    for (const side s : {side::client, side::server}) {
      host(s).flush(now, [&](const address&, std::span<const std::byte> bytes) { out(s, bytes); });
    }
  }
  std::optional<time_point> next_event() const override {
    const auto a = hosts_[0].next_event(), b = hosts_[1].next_event();
    return a && b ? std::min(a, b) : a ? a : b;
  }
  std::size_t outstanding() const override { return outstanding_; }
  std::uint64_t retransmissions() override {
    std::uint64_t sum = 0;
    for (sim::host& h : hosts_) {
      const statistics s = h.board().total();
      sum += s.messages_retransmitted + s.replies_repeated;
    }
    return sum;
  }

 private:
  sim::host& host(side s) { return hosts_[static_cast<std::size_t>(s)]; }
  sim::host& client() { return host(side::client); }
  sim::host& server() { return host(side::server); }

  send_options how_;
  receiver receiver_;
  std::array<sim::host, 2> hosts_;
  peer_id peer_;
  std::size_t outstanding_ = 0;
};

// Two plain sockets: what goes in goes out.
class bare_ends final : public simulated_ends {
 public:
  bare_ends(bool with_reply, receiver r) : with_reply_(with_reply), receiver_(std::move(r)) {}

  bool send(std::span<const std::byte> message, time_point) override {
    waiting_.emplace_back(side::client, std::vector<std::byte>(message.begin(), message.end()));
    return true;
  }
  void receive(side at, std::span<const std::byte> datagram, time_point now) override {
    if (at == side::server && with_reply_) {
      waiting_.emplace_back(side::server, std::vector<std::byte>(datagram.begin(), datagram.end()));
    } else {
      receiver_(datagram, now);
    }
  }
  void wake(time_point) override {}
  void flush(time_point, const wire& out) override {
    for (const auto& [from, bytes] : waiting_) out(from, bytes);
    waiting_.clear();
  }
  std::optional<time_point> next_event() const override { return std::nullopt; }
  std::size_t outstanding() const override { return 0; }
  std::uint64_t retransmissions() override { return 0; }

 private:
  bool with_reply_;
  receiver receiver_;
  std::deque<std::pair<side, std::vector<std::byte>>> waiting_;
};

}  // namespace

std::unique_ptr<simulated_ends> simulated_ends::make(const entrant& who, bool with_reply, std::uint64_t seed,
                                                     time_point now, receiver r) {
  if (who.over == transport::bare) return std::make_unique<bare_ends>(with_reply, std::move(r));
  return std::make_unique<two_hosts>(who, with_reply, seed, now, std::move(r));
}

}  // namespace dgram::app::compare
