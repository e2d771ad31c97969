// SPDX-License-Identifier: MIT
#include "tests/fuzz/fuzzed_end.h"

#include <array>

#include "tests/fuzz/finding.h"
#include "udp/core/splitmix64.h"

namespace dgram::fuzz {
namespace {

constexpr std::size_t most_requests_kept = 64;

random_source seeded(std::uint64_t seed) {
  return [state = seed]() mutable { return splitmix64(state); };
}

// Touches every byte, so that a sanitizer sees whether they are still there.
void read(std::span<const std::byte> bytes) {
  unsigned sum = 0;
  for (const std::byte b : bytes) sum += std::to_integer<unsigned>(b);
  volatile unsigned kept = sum;
  static_cast<void>(kept);
}

std::span<const std::byte> content(std::size_t size) {
  static const std::array<std::byte, 64 * 1024> bytes{};
  require(size <= bytes.size(), "a script that asks for too much");
  return std::span(bytes).first(size);
}

}  // namespace

fuzzed_end::fuzzed_end(const address& at, const switchboard_options& options, std::uint64_t seed,
                       time_point now)
    : at_(at), options_(options), board_(options, seeded(seed), now) {
  board_.trace_to(audit_.sink());
}

void fuzzed_end::send(const address& to, std::size_t size, const send_options& options, time_point now) {
  const peer_id peer = board_.open(to, now);
  opened_.insert(peer);
  const std::uint64_t t = next_ticket_++;
  const send_status status = board_.send(peer, content(size), options, {t}, now);
  require(status != send_status::no_peer, "a peer that was just opened is unknown");
  const bool once = options.mode == delivery_mode::unreliable || options.mode == delivery_mode::sequenced;
  require((status == send_status::too_large) == (size > (once ? max_unreliable_message : max_message_size)),
          "too_large");
  if (status != send_status::accepted) return;
  ++accepted_;
  unresolved_.emplace(t, now + options.deadline);
}

void fuzzed_end::reply(bool oldest, std::size_t size, time_point now) {
  if (requests_.empty()) return;
  const request_id request = oldest ? requests_.front() : requests_.back();
  oldest ? requests_.pop_front() : requests_.pop_back();
  if (board_.reply(request, content(size), now) == send_status::accepted) ++replies_;
  require(board_.reply(request, content(1), now) != send_status::accepted, "a request was answered twice");
}

void fuzzed_end::handle_datagram(std::span<const std::byte> bytes, const address& from, time_point now) {
  // A block of its own, so that reading past the end is seen.
  const std::vector<std::byte> datagram(bytes.begin(), bytes.end());
  audit_.offered();
  board_.handle_datagram(datagram, {from, at_}, now);
  drain(now);
}

void fuzzed_end::handle_timeout(time_point now) {
  board_.handle_timeout(now);
  drain(now);
}

std::optional<transmit> fuzzed_end::poll_transmit(time_point now, std::span<std::byte> buffer) {
  const auto t = board_.poll_transmit(now, buffer);
  require(!t || (t->size > 0 && t->size <= largest_datagram), "a datagram of an impossible size");
  return t;
}

void fuzzed_end::close(const address& to, time_point now) {
  board_.close(board_.open(to, now), now);
  drain(now);
}

void fuzzed_end::restart(std::uint64_t seed, time_point now) {
  check();
  board_ = switchboard(options_, seeded(seed), now);
  audit_ = {};
  board_.trace_to(audit_.sink());
  unresolved_.clear();
  opened_.clear();
  delivered_.clear();
  requests_.clear();
  close_in_event_ = false;
  accepted_ = replies_ = arrived_ = resolved_ = answered_ = 0;
}

void fuzzed_end::check() const {
  const statistics s = board_.total();
  audit_.check(s);
  require(s.sessions <= options_.max_sessions + opened_.size(), "more sessions than allowed");
  require(s.messages_sent == accepted_ + replies_, "messages_sent");
  require(s.messages_received == arrived_ + answered_, "messages_received");
  require(s.delivered + s.answered + s.unanswered + s.expired + s.lost + s.refused + s.unknown == resolved_,
          "outcomes counted");
  require(accepted_ == resolved_ + unresolved_.size(), "outcomes told");
}

void fuzzed_end::drain(time_point now) {
  while (const auto e = board_.poll_event()) {
    if (const auto* m = std::get_if<message_arrived>(&*e)) on(*m);
    if (const auto* r = std::get_if<message_resolved>(&*e)) on(*r, now);
    if (!close_in_event_) continue;
    if (const auto* m = std::get_if<message_arrived>(&*e)) {
      close_in_event_ = false;
      board_.close(m->id.peer, now);
    }
  }
}

void fuzzed_end::on(const message_arrived& m) {
  read(m.bytes);
  ++arrived_;
  const bool opened_here = opened_.contains(m.id.peer);
  require(delivered_.emplace(opened_here, m.id.session, m.id.message).second,
          "a message was delivered twice");
  if (!m.wants_reply) return;
  requests_.push_back(m.id);
  if (requests_.size() > most_requests_kept) requests_.pop_front();
}

void fuzzed_end::on(const message_resolved& r, time_point now) {
  read(r.reply);
  ++resolved_;
  if (r.report.outcome == outcome::answered) ++answered_;
  const auto found = unresolved_.find(r.ticket.value);
  require(found != unresolved_.end(), "an outcome for what was not sent, or a second one");
  require(now <= found->second, "an outcome later than the deadline");
  unresolved_.erase(found);
}

}  // namespace dgram::fuzz
