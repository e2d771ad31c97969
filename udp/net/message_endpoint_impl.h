// SPDX-License-Identifier: MIT
// The templates of message_endpoint.h: from completion tokens to the table of pending operations.
#pragma once

#include <asio/async_result.hpp>

#include "udp/net/message_endpoint.h"

namespace dgram {

class message_endpoint::turn_guard {
 public:
  turn_guard(message_endpoint& endpoint, lifetime::watch watch)
      : endpoint_(endpoint), watch_(std::move(watch)) {
    endpoint_.turn_ = turn::working;
  }
  // User code may have thrown: whatever was left undone is done by the next wake-up.
  ~turn_guard() {
    if (watch_.over()) return;
    endpoint_.turn_ = turn::idle;
    if (endpoint_.has_work()) endpoint_.post_wake_up();
  }
  turn_guard(const turn_guard&) = delete;
  turn_guard& operator=(const turn_guard&) = delete;

  const lifetime::watch& watch() const { return watch_; }

 private:
  message_endpoint& endpoint_;
  lifetime::watch watch_;
};

template <class Work>
void message_endpoint::wake_up(Work&& work) {
  const turn_guard guard(*this, lifetime_.observe());
  frozen_now_ = read_time();
  std::forward<Work>(work)();
  finish_wake_up(guard.watch());
}

template <class Handler, class Project>
void message_endpoint::start_operation(Handler&& handler, Project project, peer_id peer,
                                       std::span<const std::byte> bytes, const send_options& options) {
  auto slot = asio::get_associated_cancellation_slot(handler);
  const ticket t = begin(completion<answer>(std::forward<Handler>(handler), executor_, std::move(project)));
  if (slot.is_connected()) {
    slot.assign([this, watch = lifetime_.observe(), t](asio::cancellation_type_t type) {
      if (type != asio::cancellation_type::none && !watch.over()) cancel_operation(t);
    });
  }
  start(t, peer, bytes, options);
}

template <class Handler>
void message_endpoint::start_receive(Handler&& handler) {
  auto slot = asio::get_associated_cancellation_slot(handler);
  const auto id = begin_receive(completion<received>(std::forward<Handler>(handler), executor_,
                                                     [](received&& r) { return std::move(r); }));
  if (slot.is_connected()) {
    slot.assign([this, watch = lifetime_.observe(), id](asio::cancellation_type_t type) {
      if (type != asio::cancellation_type::none && !watch.over()) cancel_receive(id);
    });
  }
}

template <asio::completion_token_for<void(std::error_code, delivery_report)> Token>
auto message_endpoint::async_send(peer_id peer, std::span<const std::byte> bytes, send_options options,
                                  Token&& token) {
  return asio::async_initiate<Token, void(std::error_code, delivery_report)>(
      [this](auto&& handler, peer_id to, std::span<const std::byte> what, const send_options& how) {
        this->start_operation(
            std::forward<decltype(handler)>(handler), [](answer&& a) { return a.report; }, to, what, how);
      },
      token, peer, bytes, options);
}

template <asio::completion_token_for<void(std::error_code, answer)> Token>
auto message_endpoint::async_request(peer_id peer, std::span<const std::byte> bytes, send_options options,
                                     Token&& token) {
  options.wants_reply = true;
  return asio::async_initiate<Token, void(std::error_code, answer)>(
      [this](auto&& handler, peer_id to, std::span<const std::byte> what, const send_options& how) {
        this->start_operation(
            std::forward<decltype(handler)>(handler), [](answer&& a) { return std::move(a); }, to, what, how);
      },
      token, peer, bytes, options);
}

template <asio::completion_token_for<void(std::error_code, received)> Token>
auto message_endpoint::async_receive(Token&& token) {
  return asio::async_initiate<Token, void(std::error_code, received)>(
      [this](auto&& handler) { this->start_receive(std::forward<decltype(handler)>(handler)); }, token);
}

}  // namespace dgram
