// SPDX-License-Identifier: MIT
#include "apps/server/server.h"

#include <utility>

#include <asio/error.hpp>
#include <asio/post.hpp>

#include "apps/cli/text_escape.h"
#include "udp/net/address_text.h"

namespace dgram::app {
namespace {

// The session's own life ends what nobody takes; a message must not end before it.
constexpr auto deadline_of_sends = std::chrono::hours(24);

}  // namespace

server::server(const make_service& make, server_log& log, callbacks to_call)
    : log_(log), callbacks_(std::move(to_call)), started_(time_point::clock::now()), service_(make(*this)) {}

void server::serve(std::unique_ptr<message_endpoint> endpoint, std::string transport) {
  const auto index = static_cast<std::uint32_t>(listeners_.size());
  listeners_.push_back(
      std::make_unique<listener>(listener{std::move(endpoint), std::move(transport), index, peer_numbers{}}));
  listener& from = *listeners_.back();
  if (!timer_) timer_.emplace(from.endpoint->get_executor());
  from.endpoint->on_message([this, &from](const message_view& message) { take(from, message); });
  // A session is counted with its first message, when it is known whether the peer is a plain one.
  from.endpoint->on_session([](const session_opened&) {},
                            [this, &from](const session_ended& ended) { forget(from, ended); });
}

void server::start() {
  service_->started(*this);
  arm_timer();
}

void server::close() {
  if (!closed_) service_->closing();
  closed_ = true;
  if (timer_) timer_->cancel();
  for (const auto& one : listeners_) one->endpoint->close();
}

void server::take(listener& from, const message_view& message) {
  const std::string_view text = as_text(message.bytes);
  const client_id number = number_of(from, message);
  ++messages_;
  client& its = clients_.at(number.value);
  ++its.messages;
  its.heard = now();
  log_.message(number.value, text);
  service_->arrived({number, text, message.channel, message.wants_reply, message.plain,
                     reply_handle{number, from.index, message.id}});
  arm_timer();
  flush_soon();
}

client_id server::number_of(listener& from, const message_view& message) {
  const peer_id peer = message.id.peer;
  if (const auto known = from.numbers.find(peer)) return {*known};
  const client_id number{++peers_};
  from.numbers.add(peer, number.value);
  clients_.emplace(number.value, client{&from, peer, message.plain, now(), now()});
  client_description about;
  about.transport = from.transport;
  about.plain = message.plain;
  if (const auto remote = from.endpoint->remote_of(peer)) {
    about.host = host_of(*remote);
    about.address = to_string(*remote);
    about.loopback = is_loopback(*remote);
  } else {
    about.host = about.address = "an unknown address";
  }
  log_.joined(number.value, from.transport, about.address, message.plain);
  service_->joined(number, about);
  return number;
}

void server::forget(listener& from, const session_ended& ended) {
  const auto number = from.numbers.remove(ended.peer);
  if (!number) return;
  clients_.erase(*number);
  log_.left(*number, to_string(ended.reason));
  flush_soon();
  if (closed_) return;
  service_->left({*number}, ended.reason);
  arm_timer();
}

send_status server::reply(const reply_handle& to, std::string_view bytes) {
  const send_status status = listeners_[to.listener]->endpoint->reply(to.request, as_bytes(bytes));
  count_reply(to, bytes.size(), status);
  return status;
}

send_status server::try_reply(const reply_handle& to, std::string_view bytes) {
  const send_status status = listeners_[to.listener]->endpoint->reply(to.request, as_bytes(bytes));
  if (status == send_status::accepted) ++answered_;
  return status;
}

send_status server::acknowledge(const reply_handle& to) {
  const listener& on = *listeners_[to.listener];
  const auto found = clients_.find(to.to.value);
  if (found == clients_.end()) return send_status::no_peer;
  if (found->second.plain && on.transport == "UDP") return send_status::accepted;
  return reply(to, {});
}

void server::count_reply(const reply_handle& to, std::size_t bytes, send_status status) {
  if (status == send_status::accepted) {
    ++answered_;
  } else if (++unsent_ == 1) {
    // Once: a peer must not be able to fill the terminal. The summary has their number.
    log_.problem("the reply to peer #" + std::to_string(to.to.value) + " (" + std::to_string(bytes) +
                 " bytes) was not sent: " + std::string(to_string(status)));
    flush_soon();
  }
}

send_status server::send(client_id to, std::string_view bytes) {
  const auto found = clients_.find(to.value);
  if (found == clients_.end() || closed_) return send_status::no_peer;
  client& its = found->second;
  ++its.waiting.messages;
  its.waiting.bytes += bytes.size();
  send_options how;
  how.mode = delivery_mode::ordered;
  how.deadline = deadline_of_sends;
  its.on->endpoint->async_send(
      its.peer, as_bytes(bytes), how,
      [this, to, size = bytes.size()](std::error_code error, delivery_report report) {
        settled(to, size, error, report.outcome);
      });
  return send_status::accepted;
}

void server::settled(client_id to, std::size_t bytes, std::error_code error, outcome what) {
  const auto found = clients_.find(to.value);
  if (found == clients_.end()) return;
  client& its = found->second;
  --its.waiting.messages;
  its.waiting.bytes -= bytes;
  // Of what is sent to a plain peer nobody ever knows more than that it left.
  const bool fine = !error && (its.plain || what == outcome::delivered);
  if (!fine && error != asio::error::operation_aborted) ++lost_;
}

backlog server::waiting(client_id of) const {
  const auto found = clients_.find(of.value);
  return found == clients_.end() ? backlog{} : found->second.waiting;
}

void server::disconnect(client_id who) {
  const auto found = clients_.find(who.value);
  if (found == clients_.end() || closed_) return;
  listener* on = found->second.on;
  // Some endpoints tell the end of a session from inside close.
  asio::post(on->endpoint->get_executor(), [this, on, peer = found->second.peer] {
    if (!closed_) on->endpoint->close(peer);
  });
}

void server::arm_timer() {
  const auto due = service_->next_timeout();
  if (closed_ || due == armed_for_) return;
  armed_for_ = due;
  if (!due) {
    timer_->cancel();
    return;
  }
  timer_->expires_at(*due);
  timer_->async_wait([this](std::error_code error) {
    if (!error) timer_fired();
  });
}

void server::timer_fired() {
  armed_for_.reset();
  if (closed_) return;
  service_->handle_timeout(now());
  arm_timer();
}

void server::flush_soon() {
  if (flush_posted_ || listeners_.empty()) return;
  flush_posted_ = true;
  asio::post(listeners_.front()->endpoint->get_executor(), [this] { flush(); });
}

void server::flush() {
  flush_posted_ = false;
  const bool failed_before = log_.failed();
  log_.flush();
  if (log_.failed() && !failed_before) callbacks_.on_output_lost();
}

}  // namespace dgram::app
