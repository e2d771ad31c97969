// SPDX-License-Identifier: MIT
#include "apps/compare/beside_flow.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <future>
#include <system_error>

#include "udp/net/socket_address.h"

namespace dgram::app::compare {
namespace {

constexpr std::uint16_t port = 9001;
// How long the end may go unnoticed, in milliseconds.
constexpr int nap = 20;

[[noreturn]] void fail(const char* what) {
  throw std::system_error(errno, std::generic_category(), what);
}

int tcp_socket() {
  const int s = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (s < 0) fail("socket");
  return s;
}

asio::ip::udp::endpoint server_endpoint() {
  address a = tun_pair::address_of(side::server);
  a.port = port;
  return to_udp_endpoint(a);
}

// The address of an IPv4 endpoint is the same for both protocols.
int listening() {
  const int s = tcp_socket();
  const auto at = server_endpoint();
  if (::bind(s, at.data(), static_cast<socklen_t>(at.size())) != 0 || ::listen(s, 1) != 0) {
    ::close(s);
    fail("listen");
  }
  return s;
}

int connecting(const std::string& congestion) {
  const int s = tcp_socket();
  const auto to = server_endpoint();
  const auto length = static_cast<socklen_t>(congestion.size());
  if (::setsockopt(s, IPPROTO_TCP, TCP_CONGESTION, congestion.data(), length) != 0 ||
      (::connect(s, to.data(), static_cast<socklen_t>(to.size())) != 0 && errno != EINPROGRESS)) {
    ::close(s);
    fail("the TCP connection beside");
  }
  return s;
}

bool ready(int socket, short what) {
  pollfd one{socket, what, 0};
  return ::poll(&one, 1, nap) > 0;
}

// `begin` runs in the namespace, what it returns goes to `run`; what it throws is thrown here.
template <class Begin, class Run>
std::thread thread_in(const tun_pair& pair, side where, Begin begin, Run run) {
  std::promise<void> begun;
  auto ready_to_go = begun.get_future();
  std::thread t([&begun, &pair, where, begin, run] {
    int socket = -1;
    try {
      pair.enter(where);
      socket = begin();
    } catch (...) {
      begun.set_exception(std::current_exception());
      return;
    }
    begun.set_value();
    run(socket);
  });
  try {
    ready_to_go.get();
  } catch (...) {
    t.join();
    throw;
  }
  return t;
}

}  // namespace

beside_flow::beside_flow(const tun_pair& pair, const std::string& congestion, const shared_run& r) : run_(r) {
  receiver_ = thread_in(pair, side::server, listening, [this](int s) { receive(s); });
  try {
    sender_ = thread_in(
        pair, side::client, [congestion] { return connecting(congestion); }, [this](int s) { send(s); });
  } catch (...) {
    stop();
    throw;
  }
}

void beside_flow::stop() {
  stopped_ = true;
  if (receiver_.joinable()) receiver_.join();
  if (sender_.joinable()) sender_.join();
}

void beside_flow::receive(int listener) {
  int peer = -1;
  while (!over() && peer < 0) {
    if (ready(listener, POLLIN)) peer = ::accept4(listener, nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK);
  }
  std::array<char, 65536> buffer;
  while (peer >= 0 && !over()) {
    if (!ready(peer, POLLIN)) continue;
    const ssize_t size = ::recv(peer, buffer.data(), buffer.size(), 0);
    if (size == 0 || (size < 0 && errno != EAGAIN)) break;
    if (size > 0) bytes_ += static_cast<std::uint64_t>(size);
  }
  if (peer >= 0) ::close(peer);
  ::close(listener);
}

void beside_flow::send(int socket) {
  const std::array<char, 65536> buffer{};
  while (!over()) {
    if (ready(socket, POLLOUT) && ::send(socket, buffer.data(), buffer.size(), MSG_NOSIGNAL) < 0 &&
        errno != EAGAIN) {
      break;
    }
  }
  ::close(socket);
}

}  // namespace dgram::app::compare
