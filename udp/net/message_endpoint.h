// SPDX-License-Identifier: MIT
// The message API that every transport shares: send, request, receive, reply, statistics, close. Programs
// and handlers are written against this class and never learn which transport they run over.
//
// Not thread-safe: use it from its executor's thread (or strand) only.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <system_error>
#include <vector>

#include <asio/any_io_executor.hpp>
#include <asio/async_result.hpp>

#include "udp/core/address.h"
#include "udp/core/event.h"
#include "udp/core/message.h"
#include "udp/core/statistics.h"
#include "udp/core/trace.h"
#include "udp/net/completion.h"

namespace dgram {

// A message as it arrived; `bytes` is valid during the call only.
struct message_view {
  request_id id;
  delivery_mode mode = delivery_mode::reliable;
  channel_id channel{};
  bool wants_reply = false;
  bool plain = false;  // from a peer that speaks no protocol of ours
  std::span<const std::byte> bytes;
};

// The same, owning its bytes.
struct received {
  request_id id;
  delivery_mode mode = delivery_mode::reliable;
  channel_id channel{};
  bool wants_reply = false;
  bool plain = false;
  std::vector<std::byte> bytes;
};

// What a request came to. `bytes` is empty unless report.outcome is `answered`.
struct answer {
  delivery_report report;
  std::vector<std::byte> bytes;
};

class message_endpoint {
 public:
  using executor_type = asio::any_io_executor;

  virtual ~message_endpoint();
  message_endpoint(const message_endpoint&) = delete;
  message_endpoint& operator=(const message_endpoint&) = delete;

  executor_type get_executor() const;

  // The peer at `remote`. UDP sends nothing yet; TCP connects when there is something to send.
  virtual peer_id open(const address& remote) = 0;
  // Unresolved messages to it get their outcome (refused or unknown).
  virtual void close(peer_id) = 0;
  // Ends everything: pending operations complete with asio::error::operation_aborted.
  virtual void close() = 0;

  // Sends one message; completes with its outcome. While the peer's queue is full the message waits here,
  // its deadline running. Bytes are copied before the call returns.
  // Errors: message_size when it is too large, not_connected for an unknown peer, operation_aborted.
  // Signature: void(std::error_code, delivery_report).
  template <asio::completion_token_for<void(std::error_code, delivery_report)> Token>
  auto async_send(peer_id, std::span<const std::byte> bytes, send_options, Token&&);

  // The same, and waits for the peer's reply. Signature: void(std::error_code, answer).
  template <asio::completion_token_for<void(std::error_code, answer)> Token>
  auto async_request(peer_id, std::span<const std::byte> bytes, send_options, Token&&);

  // The next message that arrives. Messages wait in a bounded inbox; when it is full the transport stops
  // taking more, and senders repeat or wait. Signature: void(std::error_code, received).
  template <asio::completion_token_for<void(std::error_code, received)> Token>
  auto async_receive(Token&&);

  // Instead of async_receive: called for each message, without a copy, from inside the wake-up that read it.
  // It may call any member but close() and the destructor. An empty function goes back to the inbox.
  void on_message(std::function<void(const message_view&)>);
  // Session or connection begun and ended.
  void on_session(std::function<void(const session_opened&)>, std::function<void(const session_ended&)>);

  // Sends without asking for the outcome; says at once whether the message was taken.
  virtual send_status try_send(peer_id, std::span<const std::byte> bytes, const send_options&) = 0;
  // Answers a message that wants a reply, once. Plain peers get the bytes as they are.
  virtual send_status reply(const request_id&, std::span<const std::byte> bytes) = 0;

  virtual statistics total() const = 0;
  virtual std::optional<statistics> of(peer_id) const = 0;
  virtual std::optional<address> remote_of(peer_id) const = 0;
  // The address this endpoint is bound to (the port that was picked, when 0 was asked for).
  virtual address local() const = 0;
  // What the system last said about the way to a peer, such as connection_refused (an ICMP hint for UDP);
  // cleared when the peer is heard again. Never ends a session by itself.
  virtual std::error_code last_hint(peer_id) const = 0;
  virtual void trace_to(trace_sink) = 0;
};

}  // namespace dgram
