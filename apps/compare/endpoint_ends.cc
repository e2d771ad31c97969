// SPDX-License-Identifier: MIT
// Both ends over a message_endpoint: UDP with sessions, and TCP.
#include <array>
#include <limits>
#include <memory>
#include <optional>
#include <system_error>
#include <utility>
#include <vector>

#include <asio/io_context.hpp>
#include <asio/post.hpp>
#include <asio/steady_timer.hpp>

#include "apps/compare/bare_ends.h"
#include "apps/compare/enet_ends.h"
#include "apps/compare/message_form.h"
#include "apps/compare/real_end.h"
#include "apps/compare/send_schedule.h"
#include "apps/compare/srt_ends.h"
#include "udp/net/tcp_endpoint.h"
#include "udp/net/udp_endpoint.h"

namespace dgram::app::compare {
namespace {

// Nothing may expire before the run is over.
constexpr duration patience = std::chrono::minutes(30);

send_options how_to_send(const entrant& who, bool with_reply) {
  send_options how;
  how.mode = who.mode;
  how.wants_reply = with_reply;
  how.deadline = patience;
  return how;
}

// The next message is there before the kernel has taken the last, on any of these links.
constexpr std::size_t tcp_send_buffer = std::size_t{4} << 20;

std::unique_ptr<message_endpoint> endpoint_for(const entrant& who, asio::io_context& context,
                                               std::optional<address> bind, std::optional<address> connect) {
  if (who.over == transport::tcp) {
    tcp_options options;
    options.listen = bind;
    options.no_delay = who.no_delay;
    options.stream.max_message = stream_options::largest_message;
    options.stream.send_buffer = tcp_send_buffer;
    options.congestion_control = who.congestion;
    return std::make_unique<tcp_endpoint>(context.get_executor(), options);
  }
  udp_endpoint_options options;
  options.bind = bind;
  options.connect = connect;
  options.protocol.session.redundancy = who.redundancy;
  options.protocol.session.congestion = who.control;
  return std::make_unique<udp_endpoint>(context.get_executor(), options);
}

// TCP: of those peers' connections, as the kernel counts them. UDP: of all sessions.
std::uint64_t retransmissions_of(const message_endpoint& endpoint, const std::vector<peer_id>& peers) {
  if (const auto* tcp = dynamic_cast<const tcp_endpoint*>(&endpoint)) {
    std::uint64_t sum = 0;
    for (const peer_id peer : peers) {
      const auto view = tcp->kernel_view(peer);
      sum += view ? view->retransmissions : 0;
    }
    return sum;
  }
  const statistics s = endpoint.total();
  return s.messages_retransmitted + s.replies_repeated;
}

std::uint64_t rides_of(const message_endpoint& endpoint) {
  return dynamic_cast<const tcp_endpoint*>(&endpoint) ? 0 : endpoint.total().resent_ride;
}

class endpoint_end : public real_end {
 public:
  // The loop, and no looking for events before sleeping: processor time is a figure here.
  void run() override { context_.run(); }
  void stop() override {
    asio::post(context_, [this] {
      for (const auto& e : endpoints_) {
        retransmissions_ += retransmissions_of(*e, peers_);
        rides_ += rides_of(*e);
      }
      context_.stop();
    });
  }
  std::uint64_t retransmissions() const override { return retransmissions_; }
  std::uint64_t rides() const override { return rides_; }

 protected:
  explicit endpoint_end(shared_run& r) : run_(r) {}

  shared_run& run_;
  asio::io_context context_{1};
  std::vector<std::unique_ptr<message_endpoint>> endpoints_;
  std::vector<peer_id> peers_;  // of a sender: one of each endpoint

 private:
  std::uint64_t retransmissions_ = 0, rides_ = 0;
};

class endpoint_receiver final : public endpoint_end {
 public:
  endpoint_receiver(const entrant& who, shared_run& r, const address& here) : endpoint_end(r) {
    endpoints_.push_back(endpoint_for(who, context_, here, std::nullopt));
    endpoints_.front()->on_message([this](const message_view& m) { take(m); });
    endpoints_.front()->on_session([this](const session_opened& s) { peers_.push_back(s.peer); }, {});
  }

 private:
  void take(const message_view& m) {
    if (m.wants_reply) {
      endpoints_.front()->reply(m.id, m.bytes);
    } else if (const auto stamp = read_message(m.bytes)) {
      run_.arrivals.record(stamp->number, run_.elapsed());
    }
  }
};

// What fills the link beside the messages: no message has that number.
constexpr message_stamp filler_stamp{std::numeric_limits<std::uint64_t>::max(), duration{0}};
constexpr std::size_t filler_size = 16 * 1024;
constexpr std::size_t most_fillers = 16;  // without an outcome: a quarter of a megabyte

class endpoint_sender final : public endpoint_end {
 public:
  endpoint_sender(const entrant& who, shared_run& r, const address& server)
      : endpoint_end(r), how_(how_to_send(who, r.with_reply())), schedule_(r), timer_(context_) {
    for (std::size_t i = 0; i < r.work.sessions; ++i) {
      endpoints_.push_back(endpoint_for(who, context_, std::nullopt, server));
      peers_.push_back(endpoints_.back()->open(server));
    }
    how_.priority = 1;
    write_message(filler_, filler_stamp);
    asio::post(context_, [this] { send_due(); });
  }

 private:
  void send_due() {
    while (schedule_.due(run_.elapsed(), outstanding_)) send(run_.elapsed());
    if (run_.work.filled) fill();
    if (schedule_.done()) run_.sent_all = true;
    const auto next = schedule_.next();
    if (!next) return;
    timer_.expires_at(*next);
    timer_.async_wait([this](std::error_code error) {
      if (!error) send_due();
    });
  }

  void send(duration now) {
    const auto message = schedule_.message(now);
    const std::size_t turn = run_.sent % endpoints_.size();
    ++outstanding_;
    if (run_.with_reply()) {
      endpoints_[turn]->async_request(peers_[turn], message, how_, [this](std::error_code, const answer& a) {
        if (const auto stamp = read_message(a.bytes)) run_.arrivals.record(stamp->number, run_.elapsed());
        settled();
      });
    } else {
      endpoints_[turn]->async_send(peers_[turn], message, how_,
                                   [this](std::error_code, delivery_report) { settled(); });
    }
    schedule_.sent(now);
  }

  void settled() {
    --outstanding_;
    run_.settled.fetch_add(1, std::memory_order_relaxed);
    if (run_.waits_for_outcomes()) send_due();
  }

  void fill() {
    send_options beside = how_;
    beside.channel = channel_id{1};
    beside.priority = 0;
    for (; fillers_ < most_fillers && !schedule_.done(); ++fillers_) {
      endpoints_.front()->async_send(peers_.front(), filler_, beside,
                                     [this](std::error_code, delivery_report) {
                                       --fillers_;
                                       fill();
                                     });
    }
  }

  send_options how_;
  send_schedule schedule_;
  asio::steady_timer timer_;
  std::size_t outstanding_ = 0, fillers_ = 0;
  std::array<std::byte, filler_size> filler_{};
};

// Not everybody's ends here can do all that a plan may ask for.
void reject_what_only_endpoints_do(const plan& p) {
  if (p.sessions == 1 && !p.filled) return;
  throw std::system_error(std::make_error_code(std::errc::not_supported), "not measured in this case");
}

}  // namespace

std::unique_ptr<real_end> make_receiver(const entrant& who, shared_run& r, const address& here) {
  switch (who.over) {
    case transport::bare: return make_bare_receiver(r, here);
    case transport::enet: return make_enet_receiver(r, here);
    case transport::srt: return make_srt_receiver(r, here);
    case transport::udp:
    case transport::tcp: break;
  }
  return std::make_unique<endpoint_receiver>(who, r, here);
}

std::unique_ptr<real_end> make_sender(const entrant& who, shared_run& r, const address& server) {
  if (who.over != transport::udp && who.over != transport::tcp) reject_what_only_endpoints_do(r.work);
  switch (who.over) {
    case transport::bare: return make_bare_sender(r, server);
    case transport::enet: return make_enet_sender(r, server);
    case transport::srt: return make_srt_sender(r, server);
    case transport::udp:
    case transport::tcp: break;
  }
  return std::make_unique<endpoint_sender>(who, r, server);
}

}  // namespace dgram::app::compare
