// SPDX-License-Identifier: MIT
#include "apps/compare/bare_ends.h"

#include <poll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <system_error>

#include "apps/compare/message_form.h"
#include "apps/compare/send_schedule.h"
#include "udp/net/socket_address.h"

namespace dgram::app::compare {
namespace {

// How long stop() may go unnoticed.
constexpr duration nap = std::chrono::milliseconds(20);
// As our own endpoints ask for; the system gives what it allows.
constexpr int socket_buffer = 4 * 1024 * 1024;

[[noreturn]] void fail(const char* what) {
  throw std::system_error(errno, std::generic_category(), what);
}

class bare_end : public real_end {
 public:
  ~bare_end() override { ::close(socket_); }
  void stop() override { stopped_ = true; }
  std::uint64_t retransmissions() const override { return 0; }

 protected:
  bare_end(shared_run& r, const address& at, int (*join)(int, const sockaddr*, socklen_t), const char* what)
      : run_(r) {
    const auto endpoint = to_udp_endpoint(at);
    socket_ = ::socket(endpoint.protocol().family(), SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (socket_ < 0) fail("socket");
    ::setsockopt(socket_, SOL_SOCKET, SO_RCVBUF, &socket_buffer, sizeof socket_buffer);
    ::setsockopt(socket_, SOL_SOCKET, SO_SNDBUF, &socket_buffer, sizeof socket_buffer);
    if (join(socket_, endpoint.data(), static_cast<socklen_t>(endpoint.size())) != 0) fail(what);
  }

  bool stopped() const { return stopped_; }
  // Until the socket can, or `until` at the latest, or soon enough to see that it is to stop.
  void wait(short what, time_point until) {
    const auto left = std::clamp(until - read_clock(), duration{0}, nap);
    pollfd one{socket_, what, 0};
    const timespec limit{0, static_cast<long>(left.count())};
    ::ppoll(&one, 1, &limit, nullptr);
  }
  // Calls take(datagram, from, its length) for each datagram that is there.
  template <class Take>
  void receive(Take&& take) {
    sockaddr_storage from{};
    for (;;) {
      socklen_t length = sizeof from;
      const ssize_t size =
          ::recvfrom(socket_, buffer_.data(), buffer_.size(), 0, reinterpret_cast<sockaddr*>(&from), &length);
      if (size < 0) return;
      take(std::span(buffer_).first(static_cast<std::size_t>(size)), reinterpret_cast<const sockaddr*>(&from),
           length);
    }
  }

  shared_run& run_;
  int socket_ = -1;

 private:
  std::atomic<bool> stopped_{false};
  std::array<std::byte, 65536> buffer_;
};

class bare_receiver final : public bare_end {
 public:
  bare_receiver(shared_run& r, const address& here) : bare_end(r, here, ::bind, "bind") {}

  void run() override {
    for (bool last = false; !last;) {
      last = stopped();
      if (!last) wait(POLLIN, read_clock() + nap);
      receive([this](std::span<const std::byte> message, const sockaddr* from, socklen_t length) {
        if (run_.with_reply()) {
          ::sendto(socket_, message.data(), message.size(), 0, from, length);
        } else if (const auto stamp = read_message(message)) {
          run_.arrivals.record(stamp->number, run_.elapsed());
        }
      });
    }
  }
};

class bare_sender final : public bare_end {
 public:
  bare_sender(shared_run& r, const address& server)
      : bare_end(r, server, ::connect, "connect"), schedule_(r) {}

  void run() override {
    while (!stopped()) {
      const bool blocked = !send_due();
      if (schedule_.done()) run_.sent_all = true;
      const time_point until = schedule_.next().value_or(read_clock() + nap);
      wait(static_cast<short>(POLLIN | (blocked ? POLLOUT : 0)), until);
      receive([this](std::span<const std::byte> message, const sockaddr*, socklen_t) {
        if (const auto stamp = read_message(message)) run_.arrivals.record(stamp->number, run_.elapsed());
      });
    }
  }

 private:
  // False when the socket takes no more for now.
  bool send_due() {
    for (duration now = run_.elapsed(); schedule_.due(now, 0); now = run_.elapsed()) {
      const auto message = schedule_.message(now);
      if (::send(socket_, message.data(), message.size(), 0) < 0) {
        if (errno == EAGAIN || errno == ENOBUFS) return false;
        // Whatever else it is, an ICMP error of an earlier one say: this one is sent, and was lost.
      }
      schedule_.sent(now);
      run_.settled.fetch_add(1, std::memory_order_relaxed);
    }
    return true;
  }

  send_schedule schedule_;
};

}  // namespace

std::unique_ptr<real_end> make_bare_receiver(shared_run& r, const address& here) {
  return std::make_unique<bare_receiver>(r, here);
}

std::unique_ptr<real_end> make_bare_sender(shared_run& r, const address& server) {
  return std::make_unique<bare_sender>(r, server);
}

}  // namespace dgram::app::compare
