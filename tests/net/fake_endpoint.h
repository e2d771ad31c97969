// SPDX-License-Identifier: MIT
// A transport without a network: takes so many messages, keeps them, and lets a test say what became of them
// and what time it is.
#pragma once

#include <deque>
#include <string>
#include <utility>
#include <vector>

#include <asio/io_context.hpp>
#include <asio/post.hpp>

#include "udp/net/message_endpoint.h"

namespace dgram::test {

class fake_endpoint : public message_endpoint {
 public:
  struct taken {
    peer_id peer;
    std::string text;
    send_options options;
    dgram::ticket ticket;
  };

  explicit fake_endpoint(asio::io_context& context, const endpoint_limits& limits = {})
      : message_endpoint(context.get_executor(), limits), context_(context) {}

  std::size_t room = 1000;
  std::size_t longest = 100;
  std::vector<taken> sent;
  std::vector<std::string> replies;
  std::vector<bool> accepting;
  int flushes = 0;
  time_point clock{};

  // What the network does, seen by the next wake-up.
  void happen(event e, std::string bytes = {}) { waiting_.push_back({std::move(e), std::move(bytes)}); }
  void arrive(std::string text, bool wants_reply = false) {
    happen(message_arrived{{{1, 1}, {}, {next_message_++}}, delivery_mode::reliable, {}, wants_reply, {}},
           std::move(text));
  }
  void resolve(std::size_t index, outcome what, std::string reply_text = {}) {
    ++room;
    happen(message_resolved{sent[index].peer, sent[index].ticket, {what, 1, {}, {}}, {}},
           std::move(reply_text));
  }
  // A wake-up as asio makes it, and whatever follows from it.
  void wake() {
    asio::post(context_, [this, watch = observe_lifetime()] {
      if (!watch.over()) wake_up([] {});
    });
    run();
  }
  void run() {
    asio::io_context& context = context_;  // this endpoint may be destroyed meanwhile
    context.restart();
    context.poll();
  }
  std::optional<time_point> deadline() const { return parked_deadline(); }
  const statistics& parked() const { return parked_outcomes(); }

  peer_id open(const address&) override { return {1, 1}; }
  void close(peer_id peer) override { refuse_parked(peer); }
  void close() override { abort_operations(); }
  statistics total() const override { return parked_outcomes(); }
  std::optional<statistics> of(peer_id) const override { return std::nullopt; }
  std::optional<address> remote_of(peer_id) const override { return std::nullopt; }
  address local() const override { return {}; }
  std::error_code last_hint(peer_id) const override { return {}; }
  void trace_to(trace_sink) override {}

 protected:
  send_status submit(peer_id peer, std::span<const std::byte> bytes, const send_options& options,
                     dgram::ticket t) override {
    if (peer.generation == 0) return send_status::no_peer;
    if (bytes.size() > longest) return send_status::too_large;
    if (room == 0) return send_status::would_block;
    --room;
    sent.push_back({peer, std::string(text_of(bytes)), options, t});
    return send_status::accepted;
  }
  send_status submit_reply(const request_id&, std::span<const std::byte> bytes) override {
    replies.emplace_back(text_of(bytes));
    return send_status::accepted;
  }
  void drain_events() override {
    while (!waiting_.empty()) {
      auto [e, bytes] = std::move(waiting_.front());
      waiting_.pop_front();
      if (auto* arrived = std::get_if<message_arrived>(&e)) arrived->bytes = bytes_of(bytes);
      if (auto* resolved = std::get_if<message_resolved>(&e)) resolved->reply = bytes_of(bytes);
      handle(e);
    }
  }
  void flush() override { ++flushes; }
  void accept_messages(bool yes) override { accepting.push_back(yes); }
  time_point read_time() const override { return clock; }

 private:
  asio::io_context& context_;
  std::deque<std::pair<event, std::string>> waiting_;
  std::uint64_t next_message_ = 1;
};

}  // namespace dgram::test
