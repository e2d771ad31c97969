// SPDX-License-Identifier: MIT
#include "apps/compare/enet_ends.h"

#include <enet/enet.h>
#include <poll.h>
#include <time.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <system_error>

#include "apps/compare/message_form.h"
#include "apps/compare/send_schedule.h"

namespace dgram::app::compare {
namespace {

// Its timers are looked at that often; what arrives is taken at once.
constexpr duration tick = std::chrono::milliseconds(1);
// Not given up before the run is over, in milliseconds. The stock is 5 to 30 s without an acknowledgement.
constexpr enet_uint32 patience = 30 * 60 * 1000;
// Of the throttle, in its 32nds: it goes up to all at once and never down, so that nothing is held back.
constexpr enet_uint32 up_at_once = ENET_PEER_PACKET_THROTTLE_SCALE, never_down = 0;

constexpr std::size_t peers = 4, channels = 1;

ENetAddress address_for(const address& at) {
  ENetAddress a{};
  // An IPv4 address is the last four bytes of a mapped one.
  std::memcpy(&a.host, at.ip.data() + 12, sizeof a.host);
  a.port = at.port;
  return a;
}

class enet_end : public real_end {
 public:
  ~enet_end() override {
    close();
    enet_deinitialize();
  }
  void stop() override { stopped_ = true; }
  std::uint64_t retransmissions() const override { return retransmissions_; }

 protected:
  enet_end(shared_run& r, const ENetAddress* here) : run_(r) {
    if (enet_initialize() != 0) fail("enet_initialize");
    host_ = enet_host_create(here, peers, channels, 0, 0);
    if (host_ == nullptr) fail("enet_host_create");
  }

  [[noreturn]] static void fail(const char* what) {
    throw std::system_error(errno, std::generic_category(), what);
  }

  void close() {
    if (host_ != nullptr) enet_host_destroy(host_);
    host_ = nullptr;
  }

  bool stopped() const { return stopped_; }

  // Sends what is due, and calls take(message) for each that has come.
  template <class Take>
  void serve(Take&& take) {
    ENetEvent event;
    while (enet_host_service(host_, &event, 0) > 0) {
      if (event.type == ENET_EVENT_TYPE_CONNECT) tune(event.peer);
      if (event.type != ENET_EVENT_TYPE_RECEIVE) continue;
      take(event.peer, std::as_bytes(std::span(event.packet->data, event.packet->dataLength)));
      enet_packet_destroy(event.packet);
    }
    count_repeats();
  }

  void wait(time_point until) {
    const auto left = std::clamp(until - read_clock(), duration{0}, tick);
    pollfd one{host_->socket, POLLIN, 0};
    const timespec limit{0, static_cast<long>(left.count())};
    ::ppoll(&one, 1, &limit, nullptr);
  }

  static void give(ENetPeer* peer, ENetPacket* packet) {
    if (packet != nullptr && enet_peer_send(peer, 0, packet) != 0) enet_packet_destroy(packet);
  }

  shared_run& run_;
  ENetHost* host_ = nullptr;

 private:
  static void tune(ENetPeer* peer) {
    enet_peer_throttle_configure(peer, ENET_PEER_PACKET_THROTTLE_INTERVAL, up_at_once, never_down);
    enet_peer_timeout(peer, 0, patience, patience);
  }

  // A peer's count begins anew every few seconds.
  void count_repeats() {
    const std::uint64_t now = host_->peers[0].packetsLost;
    retransmissions_ += now >= seen_ ? now - seen_ : now;
    seen_ = now;
  }

  std::atomic<bool> stopped_{false};
  std::uint64_t retransmissions_ = 0, seen_ = 0;
};

class enet_receiver final : public enet_end {
 public:
  enet_receiver(shared_run& r, const ENetAddress& here) : enet_end(r, &here) {}

  void run() override {
    for (bool last = false; !last;) {
      last = stopped();
      if (!last) wait(read_clock() + tick);
      serve([this](ENetPeer* peer, std::span<const std::byte> message) {
        if (run_.with_reply()) {
          give(peer, enet_packet_create(message.data(), message.size(), ENET_PACKET_FLAG_RELIABLE));
        } else if (const auto stamp = read_message(message)) {
          run_.arrivals.record(stamp->number, run_.elapsed());
        }
      });
      enet_host_flush(host_);
    }
  }
};

class enet_sender final : public enet_end {
 public:
  enet_sender(shared_run& r, const ENetAddress& server) : enet_end(r, nullptr), schedule_(r) {
    peer_ = enet_host_connect(host_, &server, channels, 0);
    if (peer_ == nullptr) fail("enet_host_connect");
  }

  // What was not acknowledged is let go of, and that is heard here.
  ~enet_sender() override { close(); }

  void run() override {
    while (!stopped()) {
      serve([this](ENetPeer*, std::span<const std::byte> message) {
        if (const auto stamp = read_message(message)) run_.arrivals.record(stamp->number, run_.elapsed());
        settled();
      });
      send_due();
      if (schedule_.done()) run_.sent_all = true;
      wait(connected() ? schedule_.next().value_or(time_point::max()) : time_point::max());
    }
  }

 private:
  bool connected() const { return peer_->state == ENET_PEER_STATE_CONNECTED; }

  void send_due() {
    if (!connected()) return schedule_.held_up(run_.elapsed());
    bool any = false;
    for (duration now = run_.elapsed(); schedule_.due(now, outstanding_); now = run_.elapsed()) {
      const auto message = schedule_.message(now);
      ENetPacket* packet = enet_packet_create(message.data(), message.size(), ENET_PACKET_FLAG_RELIABLE);
      if (packet == nullptr) return;
      if (!run_.with_reply()) {
        // Nobody holds it any more: it was acknowledged.
        packet->userData = this;
        packet->freeCallback = [](ENetPacket* p) { static_cast<enet_sender*>(p->userData)->settled(); };
      }
      ++outstanding_;
      give(peer_, packet);
      schedule_.sent(now);
      any = true;
    }
    if (any) enet_host_flush(host_);
  }

  void settled() {
    --outstanding_;
    run_.settled.fetch_add(1, std::memory_order_relaxed);
  }

  send_schedule schedule_;
  ENetPeer* peer_ = nullptr;
  std::size_t outstanding_ = 0;
};

}  // namespace

std::unique_ptr<real_end> make_enet_receiver(shared_run& r, const address& here) {
  return std::make_unique<enet_receiver>(r, address_for(here));
}

std::unique_ptr<real_end> make_enet_sender(shared_run& r, const address& server) {
  return std::make_unique<enet_sender>(r, address_for(server));
}

}  // namespace dgram::app::compare
