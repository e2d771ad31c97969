// SPDX-License-Identifier: MIT
// A system that has no room for a datagram, or forbids it. Loopback never has too little room, so the calls
// that send are stood in for: they fail as told, or go on to the system.
#include <dlfcn.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <asio/io_context.hpp>

#include "tests/net/loop.h"
#include "tests/support/catch.h"
#include "udp/net/address_text.h"
#include "udp/net/datagram_socket.h"
#include "udp/net/text.h"
#include "udp/net/udp_endpoint.h"

#if defined(__linux__)

using namespace dgram;
using namespace std::chrono_literals;
using dgram::test::run_until;

namespace {

// Datagrams are counted over all sockets of this process; `fails` is asked for each, from 0 on.
class limited_system {
 public:
  limited_system(int error, std::function<bool(std::size_t)> fails)
      : error_(error), fails_(std::move(fails)) {
    active = this;
  }
  ~limited_system() { active = nullptr; }
  limited_system(const limited_system&) = delete;

  // How many of the next datagrams leave; when none does, errno says why.
  std::size_t admit(std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {
      if (!fails_(offered_ + i)) continue;
      if (i == 0) {
        ++offered_;
        ++failed_;
        errno = error_;
      }
      return i;
    }
    return count;
  }
  void left(std::size_t count) { offered_ += count; }
  std::size_t failed() const { return failed_; }

  static thread_local limited_system* active;  // only this thread meets it

 private:
  int error_;
  std::function<bool(std::size_t)> fails_;
  std::size_t offered_ = 0, failed_ = 0;
};

thread_local limited_system* limited_system::active = nullptr;

template <class Function>
Function* next_of(const char* name) {
  return reinterpret_cast<Function*>(::dlsym(RTLD_NEXT, name));
}

// One datagram by a call of the system's.
template <class Call>
ssize_t send_one(Call&& call) {
  limited_system* const limit = limited_system::active;
  if (limit != nullptr && limit->admit(1) == 0) return -1;
  const ssize_t sent = call();
  if (limit != nullptr) limit->left(1);
  return sent;
}

}  // namespace

// The program's own definitions come before the system library's.
extern "C" ssize_t sendto(int socket, const void* bytes, size_t size, int flags, const sockaddr* to,
                          socklen_t to_size) {
  static auto* const next = next_of<decltype(::sendto)>("sendto");
  return send_one([&] { return next(socket, bytes, size, flags, to, to_size); });
}

extern "C" ssize_t sendmsg(int socket, const msghdr* message, int flags) {
  static auto* const next = next_of<decltype(::sendmsg)>("sendmsg");
  return send_one([&] { return next(socket, message, flags); });
}

extern "C" ssize_t send(int socket, const void* bytes, size_t size, int flags) {
  static auto* const next = next_of<decltype(::send)>("send");
  return send_one([&] { return next(socket, bytes, size, flags); });
}

extern "C" int sendmmsg(int socket, mmsghdr* messages, unsigned count, int flags) {
  static auto* const next = next_of<decltype(::sendmmsg)>("sendmmsg");
  limited_system* const limit = limited_system::active;
  if (limit == nullptr) return next(socket, messages, count, flags);
  const std::size_t admitted = limit->admit(count);
  if (admitted == 0) return -1;
  const int sent = next(socket, messages, static_cast<unsigned>(admitted), flags);
  limit->left(sent > 0 ? static_cast<std::size_t>(sent) : 1);
  return sent;
}

namespace {

struct echo {
  asio::io_context context;
  std::map<std::string, int> run;  // how often each request was run
  udp_endpoint server;
  udp_endpoint client;
  peer_id peer;

  explicit echo(bool portable)
      : server(context.get_executor(), {.bind = ipv4_loopback(0), .force_portable = portable}),
        client(context.get_executor(), {.force_portable = portable}),
        peer(client.open(server.local())) {
    server.on_message([this](const message_view& m) {
      ++run[std::string(text_of(m.bytes))];
      if (m.wants_reply) server.reply(m.id, m.bytes);
    });
  }
  std::uint64_t no_room() const {
    return client.socket_counters().send_no_room + server.socket_counters().send_no_room;
  }
};

}  // namespace

TEST_CASE("Datagrams for which the system has no room are counted and those around them leave") {
  const bool portable = GENERATE(false, true);
  const int error = GENERATE(EAGAIN, ENOBUFS);
  const std::size_t failing = GENERATE(as<std::size_t>(), 0, 1, 3);  // of every four, that one
  CAPTURE(portable, error, failing);
  asio::io_context context;
  const auto open = [&] {
    return datagram_socket::open(context.get_executor(),
                                 {.bind = ipv4_loopback(0), .force_portable = portable});
  };
  auto from = open();
  auto to = open();
  std::vector<std::string> texts, wanted;
  std::vector<datagram_socket::departure> departures;
  for (std::size_t i = 0; i < 12; ++i) texts.push_back(std::to_string(i));
  for (const auto& t : texts) departures.push_back({{to->local(), {}}, bytes_of(t)});

  limited_system limit(error, [&](std::size_t n) { return n % 4 == failing; });
  std::vector<std::size_t> failed;
  for (const auto& f : from->send(departures)) {
    CHECK(f.error == std::error_code(error, asio::error::get_system_category()));
    failed.push_back(f.index);
  }
  CHECK(failed == std::vector<std::size_t>{failing, failing + 4, failing + 8});
  CHECK(from->statistics().send_no_room == 3);
  for (std::size_t i = 0; i < texts.size(); ++i) {
    if (i % 4 != failing) wanted.push_back(texts[i]);
  }
  std::vector<std::string> got;
  while (got.size() < wanted.size()) {
    bool ready = false;
    to->async_wait_readable([&](std::error_code) { ready = true; });
    REQUIRE(run_until(context, [&] { return ready; }));
    for (const auto& x : to->receive().arrivals) got.emplace_back(text_of(x.bytes));
  }
  CHECK(got == wanted);
}

TEST_CASE("What a firewall forbids is counted apart") {
  asio::io_context context;
  const bool portable = GENERATE(false, true);
  const int error = GENERATE(EPERM, EACCES);
  CAPTURE(portable, error);
  auto socket =
      datagram_socket::open(context.get_executor(), {.bind = ipv4_loopback(0), .force_portable = portable});
  limited_system limit(error, [](std::size_t) { return true; });
  const datagram_socket::departure d{{socket->local(), {}}, bytes_of("x")};
  CHECK(socket->send({&d, 1}).size() == 1);
  CHECK(socket->statistics().send_forbidden == 1);
  CHECK(socket->statistics().send_no_room == 0);
}

TEST_CASE("Requests are answered and run once though the system has no room for one datagram in three") {
  const bool portable = GENERATE(false, true);
  const int error = GENERATE(EAGAIN, ENOBUFS);
  CAPTURE(portable, error);
  echo e(portable);
  limited_system limit(error, [](std::size_t n) { return n % 3 == 0; });
  constexpr int requests = 60;
  int answered = 0;
  for (int i = 0; i < requests; ++i) {
    const std::string text = std::to_string(i);
    e.client.async_request(e.peer, bytes_of(text), {.deadline = 30s},
                           [&, text](std::error_code refused, answer a) {
                             CHECK_FALSE(refused);
                             CHECK(text_of(a.bytes) == text);
                             ++answered;
                           });
  }
  REQUIRE(run_until(e.context, [&] { return answered == requests; }));
  CHECK(e.run.size() == requests);
  CHECK(std::ranges::all_of(e.run, [](const auto& r) { return r.second == 1; }));
  CHECK(limit.failed() > 0);
  CHECK(e.no_room() == limit.failed());
  CHECK(e.client.total().messages_retransmitted + e.server.total().messages_retransmitted > 0);
}

TEST_CASE("A request that could not leave at first is repeated until it can") {
  const bool portable = GENERATE(false, true);
  CAPTURE(portable);
  echo e(portable);
  constexpr std::size_t shut_for = 3;
  limited_system limit(ENOBUFS, [](std::size_t n) { return n < shut_for; });
  bool answered = false;
  e.client.async_request(e.peer, bytes_of("hello"), {.deadline = 30s}, [&](std::error_code error, answer a) {
    CHECK_FALSE(error);
    CHECK(text_of(a.bytes) == "hello");
    answered = true;
  });
  REQUIRE(run_until(e.context, [&] { return limit.failed() == shut_for; }));
  CHECK(e.client.last_hint(e.peer) == asio::error::no_buffer_space);
  REQUIRE(run_until(e.context, [&] { return answered; }));
  CHECK(e.run == std::map<std::string, int>{{"hello", 1}});
  CHECK(e.client.socket_counters().send_no_room == shut_for);
  CHECK(e.client.total().messages_retransmitted >= shut_for);
  CHECK_FALSE(e.client.last_hint(e.peer));
}

TEST_CASE("A message that never leaves has its outcome by its deadline") {
  const bool portable = GENERATE(false, true);
  CAPTURE(portable);
  echo e(portable);
  limited_system limit(EAGAIN, [](std::size_t) { return true; });
  std::optional<delivery_report> told;
  e.client.async_send(e.peer, bytes_of("hello"), {.deadline = 300ms},
                      [&](std::error_code, const delivery_report& report) { told = report; });
  REQUIRE(run_until(e.context, [&] { return told.has_value(); }));
  CHECK(told->outcome == outcome::expired);
  CHECK(e.run.empty());
  CHECK(e.client.total().expired == 1);
  CHECK(e.client.socket_counters().send_no_room == limit.failed());
  CHECK(limit.failed() > 1);
}

#endif
