// SPDX-License-Identifier: MIT
#include "apps/bench/bare_sockets.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>
#include <utility>
#include <vector>

#include "udp/net/clock.h"

namespace dgram::app {
namespace {

int checked(int result, const char* what) {
  if (result < 0) throw std::system_error(errno, std::generic_category(), what);
  return result;
}

const sockaddr* generic(const sockaddr_in& a) {
  return reinterpret_cast<const sockaddr*>(&a);
}
sockaddr* generic(sockaddr_in& a) {
  return reinterpret_cast<sockaddr*>(&a);
}

// A socket bound to a free port of the loopback address.
std::pair<int, sockaddr_in> bound_socket(int type) {
  const int descriptor = checked(::socket(AF_INET, type | SOCK_CLOEXEC, 0), "socket");
  sockaddr_in at{};
  at.sin_family = AF_INET;
  at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  checked(::bind(descriptor, generic(at), sizeof at), "bind");
  socklen_t size = sizeof at;
  checked(::getsockname(descriptor, generic(at), &size), "getsockname");
  return {descriptor, at};
}

void no_delay(int descriptor) {
  const int on = 1;
  checked(::setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on), "TCP_NODELAY");
}

bool read_whole(int descriptor, std::vector<std::byte>& message) {
  std::size_t have = 0;
  while (have < message.size()) {
    const ssize_t got = ::recv(descriptor, message.data() + have, message.size() - have, 0);
    if (got <= 0) return false;
    have += static_cast<std::size_t>(got);
  }
  return true;
}

void echo_datagrams(int descriptor) {
  std::vector<std::byte> buffer(65536);
  for (;;) {
    sockaddr_in from{};
    socklen_t size = sizeof from;
    const ssize_t got = ::recvfrom(descriptor, buffer.data(), buffer.size(), 0, generic(from), &size);
    if (got <= 0) return;  // an empty datagram ends it
    ::sendto(descriptor, buffer.data(), static_cast<std::size_t>(got), 0, generic(from), size);
  }
}

void echo_stream(int descriptor, std::size_t message_size) {
  std::vector<std::byte> message(message_size);
  while (read_whole(descriptor, message)) ::send(descriptor, message.data(), message.size(), MSG_NOSIGNAL);
}

}  // namespace

bare_udp::bare_udp(std::size_t message_size) : message_size_(message_size) {
  const auto [server, at] = bound_socket(SOCK_DGRAM);
  server_ = server;
  server_at_ = at;
  client_ = bound_socket(SOCK_DGRAM).first;
  server_thread_ = std::thread(echo_datagrams, server_);
}

bare_udp::~bare_udp() {
  ::sendto(client_, nullptr, 0, 0, generic(server_at_), sizeof server_at_);
  server_thread_.join();
  ::close(client_);
  ::close(server_);
}

void bare_udp::run(std::uint64_t count, latency_histogram& latencies) {
  std::vector<std::byte> message(message_size_), answer(message_size_);
  for (std::uint64_t i = 0; i < count; ++i) {
    const time_point start = read_clock();
    checked(static_cast<int>(
                ::sendto(client_, message.data(), message.size(), 0, generic(server_at_), sizeof server_at_)),
            "sendto");
    checked(static_cast<int>(::recvfrom(client_, answer.data(), answer.size(), 0, nullptr, nullptr)),
            "recvfrom");
    latencies.record(read_clock() - start);
  }
}

bare_tcp::bare_tcp(std::size_t message_size) : message_size_(message_size) {
  const auto [listener, at] = bound_socket(SOCK_STREAM);
  checked(::listen(listener, 1), "listen");
  client_ = checked(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), "socket");
  checked(::connect(client_, generic(at), sizeof at), "connect");
  server_ = checked(::accept(listener, nullptr, nullptr), "accept");
  ::close(listener);
  no_delay(client_);
  no_delay(server_);
  server_thread_ = std::thread(echo_stream, server_, message_size_);
}

bare_tcp::~bare_tcp() {
  ::shutdown(client_, SHUT_RDWR);
  server_thread_.join();
  ::close(client_);
  ::close(server_);
}

void bare_tcp::run(std::uint64_t count, latency_histogram& latencies) {
  std::vector<std::byte> message(message_size_);
  for (std::uint64_t i = 0; i < count; ++i) {
    const time_point start = read_clock();
    checked(static_cast<int>(::send(client_, message.data(), message.size(), MSG_NOSIGNAL)), "send");
    if (!read_whole(client_, message)) throw std::system_error(ECONNRESET, std::generic_category(), "recv");
    latencies.record(read_clock() - start);
  }
}

}  // namespace dgram::app
