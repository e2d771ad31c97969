// SPDX-License-Identifier: MIT
// What the TCP tests share: an io_context that runs until something has come true, a server that echoes, and
// a peer that is nothing but a socket.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <asio/connect.hpp>
#include <asio/io_context.hpp>
#include <asio/ip/tcp.hpp>
#include <asio/write.hpp>

#include "tests/support/catch.h"
#include "udp/net/address_text.h"
#include "udp/net/socket_address.h"
#include "udp/net/tcp_endpoint.h"
#include "udp/net/text.h"

namespace dgram::test {

// False when it has not come true within a time that only a failure takes.
template <class Condition>
bool run_until(asio::io_context& context, Condition&& come_true) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  context.restart();
  while (!come_true()) {
    if (std::chrono::steady_clock::now() > end) return false;
    if (context.run_one_until(end) == 0) context.restart();
  }
  return true;
}

inline tcp_options listening_at(const address& a) {
  tcp_options o;
  o.listen = a;
  return o;
}

// Answers each message with its own bytes, and remembers it.
class echo_server {
 public:
  echo_server(asio::io_context& context, const tcp_options& options)
      : endpoint(context.get_executor(), options) {
    endpoint.on_message([this](const message_view& m) {
      messages.emplace_back(text_of(m.bytes));
      plain.push_back(m.plain);
      last_peer = m.id.peer;
      if (m.wants_reply) endpoint.reply(m.id, m.bytes);
    });
    endpoint.on_session([this](const session_opened&) { ++opened; },
                        [this](const session_ended& e) { ended.push_back(e.reason); });
  }

  tcp_endpoint endpoint;
  std::vector<std::string> messages;
  std::vector<bool> plain;
  std::vector<end_reason> ended;
  int opened = 0;
  peer_id last_peer{};
};

// A program that knows nothing of us.
class raw_peer {
 public:
  raw_peer(asio::io_context& context, const address& server) : context_(context), socket(context) {
    socket.connect(to_tcp_endpoint(server));
    socket.non_blocking(true);
  }

  void write(std::string_view bytes) {
    bool done = false;
    asio::async_write(socket, asio::buffer(bytes), [&](std::error_code, std::size_t) { done = true; });
    run_until(context_, [&] { return done; });
  }
  // Reads until `wanted` bytes are there, or the end of the stream.
  std::string read(std::size_t wanted) {
    std::string all;
    while (all.size() < wanted && read_some(all)) {
    }
    return all;
  }
  std::string read_to_end() { return read(~std::size_t{0}); }

 private:
  bool read_some(std::string& to) {
    bool done = false;
    std::error_code error;
    socket.async_read_some(asio::buffer(buffer_), [&](std::error_code e, std::size_t n) {
      to.append(buffer_.data(), n);
      error = e;
      done = true;
    });
    return run_until(context_, [&] { return done; }) && !error;
  }

  asio::io_context& context_;
  std::array<char, 4096> buffer_{};

 public:
  asio::ip::tcp::socket socket;
};

// The result of one operation, once it is there.
template <class Result>
struct awaited {
  std::error_code error;
  std::optional<Result> value;

  auto token() {
    return [this](std::error_code e, Result r) {
      error = e;
      value = std::move(r);
    };
  }
  explicit operator bool() const { return value.has_value(); }
};

}  // namespace dgram::test
