// SPDX-License-Identifier: MIT
#include "apps/compare/srt_ends.h"

#include <srt/srt.h>
#include <time.h>

#include <algorithm>
#include <array>
#include <optional>
#include <system_error>
#include <thread>
#include <vector>

#include "apps/compare/message_form.h"
#include "apps/compare/send_schedule.h"
#include "udp/net/socket_address.h"

namespace dgram::app::compare {
namespace {

// How long stop() may go unnoticed, in milliseconds.
constexpr int nap = 20;
// Not given up before the run is over, in milliseconds; the stock is 3 s for the greeting, 5 s of silence.
constexpr int patience = 30 * 60 * 1000;

class srt_library {
 public:
  srt_library() {
    srt_startup();
    srt_setloghandler(nullptr, [](void*, int, const char*, int, const char*, const char*) {});
  }
  ~srt_library() { srt_cleanup(); }
  srt_library(const srt_library&) = delete;
  srt_library& operator=(const srt_library&) = delete;
};

[[noreturn]] void fail(const char* what) {
  int error = 0;
  srt_getlasterror(&error);
  const std::string why = std::string(what) + ": " + srt_getlasterror_str();
  srt_clearlasterror();
  throw std::system_error(error, std::generic_category(), why);
}

template <class Value>
void set(SRTSOCKET s, SRT_SOCKOPT option, Value value, const char* what) {
  if (srt_setsockflag(s, option, &value, sizeof value) != 0) fail(what);
}

// Telemetry: live mode, which paces and does not slow down for losses; what it has for video is off: the
// play-out delay (stock 120 ms; at 0 ms SRT 1.5.1 waits for a lost packet without ever sleeping) and dropping
// what comes after it. Bulk: file mode, whose congestion control is the one that fills links. A closed
// loop: file mode too, because in live mode nobody repeats a lost packet that no other follows. The message
// API keeps boundaries in both. What remains: a receiver hands over what it acknowledges, every 10 ms.
// Longer messages than live mode's have to go that way too.
constexpr std::size_t live_most = SRT_LIVE_DEF_PLSIZE;

bool file_mode(const shared_run& r) {
  return r.bulk() || r.work.closed_loop || r.work.size > live_most;
}

SRTSOCKET make_socket(bool file) {
  const SRTSOCKET s = srt_create_socket();
  if (s == SRT_INVALID_SOCK) fail("srt_create_socket");
  set(s, SRTO_TRANSTYPE, file ? SRTT_FILE : SRTT_LIVE, "SRTO_TRANSTYPE");
  set(s, SRTO_MESSAGEAPI, true, "SRTO_MESSAGEAPI");
  set(s, SRTO_TSBPDMODE, false, "SRTO_TSBPDMODE");
  set(s, SRTO_TLPKTDROP, false, "SRTO_TLPKTDROP");
  set(s, SRTO_NAKREPORT, true, "SRTO_NAKREPORT");
  set(s, SRTO_LINGER, linger{0, 0}, "SRTO_LINGER");
  set(s, SRTO_CONNTIMEO, patience, "SRTO_CONNTIMEO");
  set(s, SRTO_PEERIDLETIMEO, patience, "SRTO_PEERIDLETIMEO");
  set(s, SRTO_RCVTIMEO, nap, "SRTO_RCVTIMEO");
  set(s, SRTO_SNDTIMEO, nap, "SRTO_SNDTIMEO");
  return s;
}

// False when there was no room for it.
bool send_message(SRTSOCKET s, std::span<const std::byte> message) {
  SRT_MSGCTRL how = srt_msgctrl_default;
  how.inorder = 1;
  const auto size = static_cast<int>(message.size());
  return srt_sendmsg2(s, reinterpret_cast<const char*>(message.data()), size, &how) == size;
}

std::uint64_t repeats_of(SRTSOCKET s) {
  SRT_TRACEBSTATS counts{};
  return srt_bstats(s, &counts, 0) == 0 ? static_cast<std::uint64_t>(counts.pktRetransTotal) : 0;
}

class srt_end : public real_end {
 public:
  void stop() override { stopped_ = true; }
  std::uint64_t retransmissions() const override { return retransmissions_; }
  bool has_threads() const override { return true; }

 protected:
  explicit srt_end(shared_run& r) : run_(r), buffer_(std::max<std::size_t>(r.work.size, 2048)) {}

  bool stopped() const { return stopped_; }
  // Nothing came for a while, or none will.
  std::optional<std::span<const std::byte>> receive(SRTSOCKET s) {
    const int size =
        srt_recvmsg2(s, reinterpret_cast<char*>(buffer_.data()), static_cast<int>(buffer_.size()), nullptr);
    if (size > 0) return std::as_bytes(std::span(buffer_).first(static_cast<std::size_t>(size)));
    if (srt_getlasterror(nullptr) != SRT_ETIMEOUT) std::this_thread::sleep_for(std::chrono::milliseconds(1));
    return std::nullopt;
  }
  void note(std::span<const std::byte> message) {
    if (const auto stamp = read_message(message)) run_.arrivals.record(stamp->number, run_.elapsed());
  }

  srt_library library_;
  shared_run& run_;
  std::uint64_t retransmissions_ = 0;

 private:
  std::atomic<bool> stopped_{false};
  std::vector<std::byte> buffer_;
};

class srt_receiver final : public srt_end {
 public:
  srt_receiver(shared_run& r, const address& here) : srt_end(r), listener_(make_socket(file_mode(r))) {
    const auto at = to_udp_endpoint(here);
    if (srt_bind(listener_, at.data(), static_cast<int>(at.size())) != 0) fail("srt_bind");
    if (srt_listen(listener_, 1) != 0) fail("srt_listen");
  }
  ~srt_receiver() override { srt_close(listener_); }

  void run() override {
    SRTSOCKET peer = SRT_INVALID_SOCK;
    while (!stopped() && peer == SRT_INVALID_SOCK) peer = srt_accept_bond(&listener_, 1, nap);
    if (peer == SRT_INVALID_SOCK) return;
    while (!stopped()) {
      const auto message = receive(peer);
      if (!message) continue;
      if (run_.with_reply()) {
        while (!send_message(peer, *message) && !stopped()) {
        }
      } else {
        note(*message);
      }
    }
    retransmissions_ = repeats_of(peer);
    srt_close(peer);
  }

 private:
  SRTSOCKET listener_;
};

class srt_sender final : public srt_end {
 public:
  srt_sender(shared_run& r, const address& server)
      : srt_end(r), schedule_(r), server_(server), socket_(make_socket(file_mode(r))) {}
  ~srt_sender() override { srt_close(socket_); }

  void run() override {
    connect();
    std::thread reader;
    if (run_.work.closed_loop) return one_at_a_time();
    if (run_.with_reply()) reader = std::thread([this] { read_replies(); });
    while (!stopped()) {
      send_due();
      settle();
      if (schedule_.done()) run_.sent_all = true;
      sleep();
    }
    if (reader.joinable()) reader.join();
    retransmissions_ = repeats_of(socket_);
  }

 private:
  void connect() {
    const auto to = to_udp_endpoint(server_);
    set(socket_, SRTO_RCVSYN, false, "SRTO_RCVSYN");
    srt_connect(socket_, to.data(), static_cast<int>(to.size()));
    while (!stopped() && srt_getsockstate(socket_) == SRTS_CONNECTING) {
      schedule_.held_up(run_.elapsed());
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    schedule_.held_up(run_.elapsed());
    set(socket_, SRTO_RCVSYN, true, "SRTO_RCVSYN");
  }

  void send_due() {
    for (duration now = run_.elapsed(); schedule_.due(now, unacknowledged_); now = run_.elapsed()) {
      if (!send_message(socket_, schedule_.message(now))) return schedule_.held_up(run_.elapsed());
      schedule_.sent(now);
      ++sent_;
      if (run_.bulk()) settle();
    }
  }

  // SRT does not tell of a message that it has arrived, only how much has not.
  void settle() {
    std::size_t packets = 0, bytes = 0;
    srt_getsndbuffer(socket_, &packets, &bytes);
    unacknowledged_ = (bytes + run_.work.size - 1) / run_.work.size;
    if (!run_.with_reply()) run_.settled = sent_ - std::min(sent_, unacknowledged_);
  }

  void one_at_a_time() {
    std::size_t outstanding = 0;
    while (!stopped()) {
      const duration now = run_.elapsed();
      if (schedule_.due(now, outstanding) && send_message(socket_, schedule_.message(now))) {
        schedule_.sent(now);
        outstanding = 1;
      }
      if (schedule_.done()) run_.sent_all = true;
      if (outstanding == 0) {
        sleep();
      } else if (const auto reply = receive(socket_)) {
        note(*reply);
        run_.settled.fetch_add(1, std::memory_order_relaxed);
        outstanding = 0;
      }
    }
    retransmissions_ = repeats_of(socket_);
  }

  void read_replies() {
    while (!stopped()) {
      const auto reply = receive(socket_);
      if (!reply) continue;
      note(*reply);
      run_.settled.fetch_add(1, std::memory_order_relaxed);
    }
  }

  // Until the next message is due, or for a millisecond while it waits for room.
  void sleep() {
    const duration most = run_.bulk() ? std::chrono::milliseconds(1) : std::chrono::milliseconds(nap);
    const time_point until = std::min(schedule_.next().value_or(time_point::max()), read_clock() + most);
    std::this_thread::sleep_until(until);
  }

  send_schedule schedule_;
  address server_;
  SRTSOCKET socket_;
  std::size_t sent_ = 0, unacknowledged_ = 0;
};

}  // namespace

std::unique_ptr<real_end> make_srt_receiver(shared_run& r, const address& here) {
  return std::make_unique<srt_receiver>(r, here);
}

std::unique_ptr<real_end> make_srt_sender(shared_run& r, const address& server) {
  return std::make_unique<srt_sender>(r, server);
}

}  // namespace dgram::app::compare
