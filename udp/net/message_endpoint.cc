// SPDX-License-Identifier: MIT
#include "udp/net/message_endpoint.h"

#include <algorithm>
#include <utility>
#include <variant>

#include <asio/error.hpp>
#include <asio/execution/context.hpp>
#include <asio/post.hpp>
#include <asio/query.hpp>

#include "udp/net/clock.h"
#include "udp/net/context_shutdown.h"

namespace dgram {

message_endpoint::message_endpoint(executor_type executor, const endpoint_limits& limits)
    : executor_(std::move(executor)),
      shutdown_(asio::use_service<context_shutdown>(asio::query(executor_, asio::execution::context))),
      parked_(limits.parked_messages, limits.parked_bytes),
      inbox_(limits.inbox_messages, limits.inbox_bytes) {
  shutdown_.add(*this);
}

message_endpoint::~message_endpoint() {
  shutdown_.remove(*this);
  abort_operations();
  while (auto f = pending_.take_ready()) std::move(f->done).post(f->error, std::move(f->result));
}

time_point message_endpoint::read_time() const {
  return read_clock();
}

time_point message_endpoint::now() const {
  return turn_ == turn::idle ? read_time() : frozen_now_;
}

// --- The wake-up.

void message_endpoint::finish_wake_up(const lifetime::watch& watch) {
  drain_events();
  expire_parked();
  if (!settle(watch)) return;
  turn_ = turn::flushing;
  flush();
  drain_events();
}

bool message_endpoint::settle(const lifetime::watch& watch) {
  retry_parked();
  return complete_ready(watch) && complete_receives(watch);
}

bool message_endpoint::complete_ready(const lifetime::watch& watch) {
  // Only those that were ready at the start: a handler that keeps failing must not starve the transport.
  for (std::size_t left = pending_.ready(); left > 0; --left) {
    auto f = pending_.take_ready();
    if (!f) break;
    std::move(f->done).dispatch(f->error, std::move(f->result));
    if (watch.over()) return false;
  }
  return true;
}

bool message_endpoint::complete_receives(const lifetime::watch& watch) {
  for (std::size_t left = inbox_.size(); left > 0 && !inbox_.empty(); --left) {
    if (message_handler_) {
      hand_over(inbox_.take().view());
    } else if (!receivers_.empty()) {
      auto receiver = std::move(receivers_.front());
      receivers_.pop_front();
      std::move(receiver.done).dispatch({}, inbox_.take());
    } else {
      break;
    }
    if (watch.over()) return false;
  }
  if (!accepting_ && !closed_ && inbox_.has_ample_room()) {
    accepting_ = true;
    accept_messages(true);
  }
  return true;
}

bool message_endpoint::has_work() const {
  return pending_.ready() > 0 || !roomy_.empty() ||
         (!inbox_.empty() && (message_handler_ || !receivers_.empty()));
}

void message_endpoint::schedule() {
  if (turn_ != turn::working) post_wake_up();
}

void message_endpoint::post_wake_up() {
  if (std::exchange(posted_, true)) return;
  asio::post(executor_, [this, watch = lifetime_.observe()] {
    if (watch.over()) return;
    posted_ = false;
    wake_up([] {});
  });
}

void message_endpoint::let_go_of_handlers() {
  closed_ = true;
  // Destroying a handler may destroy this endpoint: nothing of it is touched from here on.
  const auto pending = std::exchange(pending_, {});
  const auto receivers = std::exchange(receivers_, {});
}

// --- What arrives.

void message_endpoint::handle(const event& e) {
  if (const auto* message = std::get_if<message_arrived>(&e)) {
    deliver({message->id, message->mode, message->channel, message->wants_reply, false, message->bytes});
  } else if (const auto* resolved = std::get_if<message_resolved>(&e)) {
    pending_.resolve(resolved->ticket, {}, resolved->report, resolved->reply);
    room_for(resolved->peer);
  } else if (const auto* opened = std::get_if<session_opened>(&e)) {
    if (const auto handler = opened_handler_) (*handler)(*opened);
  } else if (const auto* ended = std::get_if<session_ended>(&e)) {
    room_for(ended->peer);
    if (const auto handler = ended_handler_) (*handler)(*ended);
  }
}

void message_endpoint::deliver(const message_view& message) {
  if (message_handler_ && inbox_.empty()) return hand_over(message);
  inbox_.put(message);
  if (accepting_ && inbox_.full()) {
    accepting_ = false;
    accept_messages(false);
  }
}

void message_endpoint::hand_over(const message_view& message) {
  // A function may not be replaced while it runs; it may throw.
  struct running {
    message_endpoint& endpoint;
    ~running() {
      endpoint.in_message_handler_ = false;
      if (!endpoint.next_message_handler_) return;
      endpoint.message_handler_ = std::move(*endpoint.next_message_handler_);
      endpoint.next_message_handler_.reset();
    }
  };
  in_message_handler_ = true;
  const running now{*this};
  message_handler_(message);
}

void message_endpoint::on_message(std::function<void(const message_view&)> handler) {
  if (in_message_handler_) {
    next_message_handler_ = std::move(handler);
  } else {
    message_handler_ = std::move(handler);
  }
  if (!inbox_.empty()) schedule();
}

void message_endpoint::on_session(std::function<void(const session_opened&)> opened,
                                  std::function<void(const session_ended&)> ended) {
  using opened_function = std::function<void(const session_opened&)>;
  using ended_function = std::function<void(const session_ended&)>;
  opened_handler_ = opened ? std::make_shared<const opened_function>(std::move(opened)) : nullptr;
  ended_handler_ = ended ? std::make_shared<const ended_function>(std::move(ended)) : nullptr;
}

std::uint64_t message_endpoint::begin_receive(completion<received> done) {
  if (closed_) {
    std::move(done).post(asio::error::operation_aborted, {});
    return 0;
  }
  receivers_.push_back({++last_receiver_, std::move(done)});
  if (!inbox_.empty()) schedule();
  return last_receiver_;
}

void message_endpoint::cancel_receive(std::uint64_t id) {
  const auto found = std::find_if(receivers_.begin(), receivers_.end(),
                                  [&](const waiting_receiver& r) { return r.id == id; });
  if (found == receivers_.end()) return;
  auto receiver = std::move(*found);
  receivers_.erase(found);
  std::move(receiver.done).post(asio::error::operation_aborted, {});
}

// --- What is sent.

namespace {

// Far enough that nobody waits for it, near enough that time arithmetic cannot overflow.
constexpr duration longest_deadline = std::chrono::hours(24 * 365);

send_options bounded(send_options options) {
  options.deadline = std::clamp(options.deadline, duration(1), longest_deadline);
  return options;
}

std::error_code error_of(send_status status) {
  switch (status) {
    case send_status::accepted: return {};
    case send_status::too_large: return asio::error::message_size;
    case send_status::would_block: return asio::error::would_block;
    case send_status::no_peer: return asio::error::not_connected;
  }
  return asio::error::invalid_argument;
}

}  // namespace

ticket message_endpoint::begin(completion<answer> done) {
  return pending_.add(std::move(done));
}

void message_endpoint::start(ticket t, peer_id peer, std::span<const std::byte> bytes,
                             const send_options& how) {
  schedule();
  if (closed_) return fail(t, asio::error::operation_aborted);
  const send_options options = bounded(how);
  // Behind the ones that wait already: a peer's messages leave in the order they were sent.
  auto status = parked_.waits(peer) ? send_status::would_block : submit(peer, bytes, options, t);
  if (status == send_status::would_block && parked_.park(peer, bytes, options, t, now())) {
    status = send_status::accepted;
  }
  if (status != send_status::accepted) fail(t, error_of(status));
}

send_status message_endpoint::try_send(peer_id peer, std::span<const std::byte> bytes,
                                       const send_options& options) {
  if (closed_) return send_status::no_peer;
  if (parked_.waits(peer)) return send_status::would_block;
  const auto status = submit(peer, bytes, bounded(options), ticket{});
  if (status == send_status::accepted) schedule();
  return status;
}

send_status message_endpoint::reply(const request_id& id, std::span<const std::byte> bytes) {
  if (closed_) return send_status::no_peer;
  const auto status = submit_reply(id, bytes);
  if (status == send_status::accepted) schedule();
  return status;
}

void message_endpoint::room_for(peer_id peer) {
  if (!parked_.waits(peer)) return;
  if (std::find(roomy_.begin(), roomy_.end(), peer) == roomy_.end()) roomy_.push_back(peer);
}

void message_endpoint::retry_parked() {
  while (!roomy_.empty()) {
    const peer_id peer = roomy_.back();
    roomy_.pop_back();
    retry_parked(peer);
  }
}

void message_endpoint::retry_parked(peer_id peer) {
  while (const parked_send* first = parked_.front(peer)) {
    const duration waited = now() - first->since;
    send_options options = first->options;
    options.deadline = std::max(options.deadline - waited, duration(1));
    const ticket t = first->ticket;
    const auto status = submit(peer, first->bytes, options, t);
    if (status == send_status::would_block) return;
    parked_.drop_front(peer);
    if (status == send_status::accepted) {
      pending_.waited(t, waited);
    } else if (status == send_status::no_peer) {
      end_parked(t, outcome::refused, waited);
    } else {
      fail(t, error_of(status));
    }
  }
}

void message_endpoint::expire_parked() {
  while (const auto e = parked_.take_expired(now()))
    end_parked(e->ticket, outcome::expired, now() - e->since);
}

void message_endpoint::refuse_parked(peer_id peer) {
  while (const parked_send* first = parked_.front(peer)) {
    const ticket t = first->ticket;
    const duration waited = now() - first->since;
    parked_.drop_front(peer);
    end_parked(t, outcome::refused, waited);
  }
  schedule();
}

void message_endpoint::end_parked(ticket t, outcome what, duration since_sent) {
  ++parked_outcomes_.messages_sent;
  ++(what == outcome::expired ? parked_outcomes_.expired : parked_outcomes_.refused);
  delivery_report report;
  report.outcome = what;
  report.since_sent = since_sent;
  pending_.resolve(t, {}, report, {});
}

void message_endpoint::fail(ticket t, std::error_code error) {
  delivery_report report;
  report.outcome = outcome::refused;
  pending_.resolve(t, error, report, {});
}

void message_endpoint::cancel_operation(ticket t) {
  parked_.drop(t);
  delivery_report report;
  report.outcome = outcome::unknown;
  if (pending_.resolve(t, asio::error::operation_aborted, report, {})) schedule();
}

void message_endpoint::abort_operations() {
  closed_ = true;
  parked_.clear();
  roomy_.clear();
  delivery_report report;
  report.outcome = outcome::unknown;
  pending_.resolve_all(asio::error::operation_aborted, report);
  for (auto& receiver : std::exchange(receivers_, {})) {
    std::move(receiver.done).post(asio::error::operation_aborted, {});
  }
  if (pending_.ready() > 0) schedule();
}

}  // namespace dgram
