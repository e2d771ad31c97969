// SPDX-License-Identifier: MIT
// The message API that every transport shares: send, request, receive, reply, statistics, close. Programs
// and handlers are written against this class and never learn which transport they run over.
//
// Not thread-safe: use it from its executor's thread (or strand) only.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <system_error>
#include <utility>
#include <vector>

#include <asio/any_io_executor.hpp>
#include <asio/associated_cancellation_slot.hpp>
#include <asio/async_result.hpp>
#include <asio/cancellation_type.hpp>

#include "udp/core/address.h"
#include "udp/core/event.h"
#include "udp/core/message.h"
#include "udp/core/statistics.h"
#include "udp/core/trace.h"
#include "udp/net/completion.h"
#include "udp/net/lifetime.h"
#include "udp/net/mailbox.h"
#include "udp/net/parked_sends.h"
#include "udp/net/pending_operations.h"
#include "udp/net/text.h"

namespace dgram {

class context_shutdown;

struct endpoint_limits {
  // Messages that nobody took yet; beyond it the transport stops taking more and senders repeat or wait.
  std::size_t inbox_messages = 1024;
  std::size_t inbox_bytes = 4 * 1024 * 1024;
  // async_send and async_request that wait because their peer's queue is full; beyond it they fail with
  // asio::error::would_block.
  std::size_t parked_messages = 65536;
  std::size_t parked_bytes = 64 * 1024 * 1024;
};

class message_endpoint {
 public:
  using executor_type = asio::any_io_executor;

  // Pending operations complete with asio::error::operation_aborted.
  virtual ~message_endpoint();
  message_endpoint(const message_endpoint&) = delete;
  message_endpoint& operator=(const message_endpoint&) = delete;

  executor_type get_executor() const { return executor_; }

  // The peer at `remote`. UDP sends nothing yet; TCP connects when there is something to send.
  virtual peer_id open(const address& remote) = 0;
  // Unresolved messages to it get their outcome (refused or unknown).
  virtual void close(peer_id) = 0;
  // Ends everything: pending operations complete with asio::error::operation_aborted.
  virtual void close() = 0;

  // Sends one message; completes with its outcome. While the peer's queue is full the message waits here,
  // its deadline running. Bytes are copied when the operation starts: at once, or for a token that starts
  // later (deferred, an awaitable that is awaited later) then. Whatever its outcome, a message that was
  // taken completes without an error.
  // Errors, all of asio::error: message_size when it is too large, not_connected for an unknown peer,
  // would_block when too much waits already, operation_aborted. Signature: void(std::error_code,
  // delivery_report).
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
  // Session or connection begun and ended. The same rule.
  void on_session(std::function<void(const session_opened&)>, std::function<void(const session_ended&)>);

  // Sends without asking for the outcome; says at once whether the message was taken.
  send_status try_send(peer_id, std::span<const std::byte> bytes, const send_options&);
  // Answers a message that wants a reply, once. Plain peers get the bytes as they are.
  send_status reply(const request_id&, std::span<const std::byte> bytes);

  // While false, nobody begins a session or connection here: over UDP what would is discarded and counted
  // (no_new_sessions), over TCP the connection is closed at once. Those that there are go on.
  virtual void accept_sessions(bool) {}

  virtual statistics total() const = 0;
  virtual std::optional<statistics> of(peer_id) const = 0;
  virtual std::optional<address> remote_of(peer_id) const = 0;
  // The address this endpoint is bound to (the port that was picked, when 0 was asked for).
  virtual address local() const = 0;
  // What the system last said about the way to a peer, such as connection_refused (an ICMP hint for UDP);
  // cleared when the peer is heard again. Never ends a session by itself.
  virtual std::error_code last_hint(peer_id) const = 0;
  virtual void trace_to(trace_sink) = 0;

 protected:
  explicit message_endpoint(executor_type, const endpoint_limits& = {});

  // --- What a transport implements. drain_events, flush and accept_messages may come after close() too.

  // Takes a copy of the bytes, or says why not. Hands back `ticket` in message_resolved; ticket 0 too, whose
  // outcome nobody waits for.
  virtual send_status submit(peer_id, std::span<const std::byte>, const send_options&, ticket) = 0;
  virtual send_status submit_reply(const request_id&, std::span<const std::byte>) = 0;
  // Calls handle() for every event there is.
  virtual void drain_events() = 0;
  // The end of a wake-up: write what there is to write, and set the timer for own timeouts and for
  // parked_deadline() (any wake-up ends what is due there). User code has run before it.
  virtual void flush() = 0;
  // False while the inbox is full.
  virtual void accept_messages(bool) = 0;

  // --- What a transport calls.

  // Every entry from asio into a transport: reads the clock once, runs `work`, drains events, completes
  // operations, flushes. `this` may be gone afterwards: touch no member then.
  template <class Work>
  void wake_up(Work&& work);
  // Asks for a wake-up; while one is under way it is that one. Called for every submit already.
  void schedule();
  // The frozen time inside a wake-up, else a reading of the clock.
  time_point now() const;

  void handle(const event&);
  void deliver(const message_view&);
  bool inbox_full() const { return !message_handler_ && inbox_.full(); }
  // The peer's queue may take messages again; message_resolved says so by itself.
  void room_for(peer_id);
  // For close(peer) and close(), after the transport did its own part.
  void refuse_parked(peer_id);
  void abort_operations();
  bool closed() const { return closed_; }

  std::optional<time_point> parked_deadline() const { return parked_.next_deadline(); }
  // Messages that ended here, before any transport took them: for total() to add.
  const statistics& parked_outcomes() const { return parked_outcomes_; }
  lifetime::watch observe_lifetime() const { return lifetime_.observe(); }
  // A test stands in for the clock here.
  virtual time_point read_time() const;

 private:
  struct waiting_receiver {
    std::uint64_t id;
    completion<received> done;
  };
  friend class context_shutdown;
  enum class turn : std::uint8_t { idle, working, flushing };
  class turn_guard;

  void finish_wake_up(const lifetime::watch&);
  bool settle(const lifetime::watch&);
  bool complete_ready(const lifetime::watch&);
  bool complete_receives(const lifetime::watch&);
  bool has_work() const;
  void hand_over(const message_view&);
  void post_wake_up();
  void let_go_of_handlers();

  ticket begin(completion<answer>);
  void start(ticket, peer_id, std::span<const std::byte>, const send_options&);
  void retry_parked();
  void retry_parked(peer_id);
  void expire_parked();
  void fail(ticket, std::error_code);
  void end_parked(ticket, outcome, duration since_sent);
  std::uint64_t begin_receive(completion<received>);
  void cancel_operation(ticket);
  void cancel_receive(std::uint64_t id);

  template <class Handler, class Project>
  void start_operation(Handler&&, Project, peer_id, std::span<const std::byte>, const send_options&);
  template <class Handler>
  void start_receive(Handler&&);

  executor_type executor_;
  context_shutdown& shutdown_;
  lifetime lifetime_;
  time_point frozen_now_{};
  turn turn_ = turn::idle;
  bool posted_ = false;
  bool closed_ = false;
  bool accepting_ = true;
  bool in_message_handler_ = false;

  pending_operations pending_;
  parked_sends parked_;
  std::vector<peer_id> roomy_;  // peers whose parked messages are worth another try
  statistics parked_outcomes_;
  mailbox inbox_;
  std::deque<waiting_receiver> receivers_;
  std::uint64_t last_receiver_ = 0;

  std::function<void(const message_view&)> message_handler_;
  std::optional<std::function<void(const message_view&)>> next_message_handler_;
  std::shared_ptr<const std::function<void(const session_opened&)>> opened_handler_;
  std::shared_ptr<const std::function<void(const session_ended&)>> ended_handler_;
};

}  // namespace dgram

#include "udp/net/message_endpoint_impl.h"
