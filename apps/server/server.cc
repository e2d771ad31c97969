// SPDX-License-Identifier: MIT
#include "apps/server/server.h"

#include <utility>

#include <asio/post.hpp>

#include "apps/cli/text_escape.h"
#include "udp/net/address_text.h"

namespace dgram::app {

server::server(reply_rule rule, server_log& log, std::function<void()> on_output_lost)
    : rule_(std::move(rule)),
      log_(log),
      on_output_lost_(std::move(on_output_lost)),
      started_(time_point::clock::now()) {}

void server::serve(std::unique_ptr<message_endpoint> endpoint, std::string transport) {
  listeners_.push_back(
      std::make_unique<listener>(listener{std::move(endpoint), std::move(transport), peer_numbers{}}));
  listener& from = *listeners_.back();
  from.endpoint->on_message([this, &from](const message_view& message) { answer(from, message); });
  // A session is counted with its first message, when it is known whether the peer is a plain one.
  from.endpoint->on_session([](const session_opened&) {},
                            [this, &from](const session_ended& ended) { forget(from, ended); });
}

void server::close() {
  for (const auto& one : listeners_) one->endpoint->close();
}

void server::answer(listener& from, const message_view& message) {
  const std::string_view text = as_text(message.bytes);
  const std::uint64_t number = number_of(from, message.id.peer, message.plain);
  ++messages_;
  log_.message(number, text);
  if (message.wants_reply) {
    const std::string_view reply = reply_to(text, rule_, message.plain, scratch_);
    const send_status status = from.endpoint->reply(message.id, as_bytes(reply));
    if (status == send_status::accepted) {
      ++answered_;
    } else if (++unsent_ == 1) {
      // Once: a peer must not be able to fill the terminal. The summary has their number.
      log_.problem("the reply to peer #" + std::to_string(number) + " (" + std::to_string(reply.size()) +
                   " bytes) was not sent: " + std::string(to_string(status)));
    }
  }
  flush_soon(from);
}

std::uint64_t server::number_of(listener& from, peer_id peer, bool plain) {
  if (const auto known = from.numbers.find(peer)) return *known;
  from.numbers.add(peer, ++peers_);
  const auto remote = from.endpoint->remote_of(peer);
  log_.joined(peers_, from.transport, remote ? to_string(*remote) : "an unknown address", plain);
  return peers_;
}

void server::forget(listener& from, const session_ended& ended) {
  if (const auto number = from.numbers.remove(ended.peer)) {
    log_.left(*number, to_string(ended.reason));
    flush_soon(from);
  }
}

void server::flush_soon(listener& from) {
  if (flush_posted_) return;
  flush_posted_ = true;
  asio::post(from.endpoint->get_executor(), [this] { flush(); });
}

void server::flush() {
  flush_posted_ = false;
  const bool failed_before = log_.failed();
  log_.flush();
  if (log_.failed() && !failed_before) on_output_lost_();
}

server_totals server::totals() const {
  server_totals totals;
  totals.peers = peers_;
  totals.messages = messages_;
  totals.answered = answered_;
  totals.unsent = unsent_;
  totals.running = time_point::clock::now() - started_;
  for (const auto& one : listeners_) {
    const statistics counted = one->endpoint->total();
    const bool udp = one->transport == "UDP";
    totals.statistics += counted;
    if (udp) totals.over_udp += counted;
    (udp ? totals.udp : totals.tcp) = true;
  }
  return totals;
}

}  // namespace dgram::app
