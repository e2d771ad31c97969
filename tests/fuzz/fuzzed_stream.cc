// SPDX-License-Identifier: MIT
#include "tests/fuzz/fuzzed_stream.h"

#include <algorithm>
#include <utility>

#include "tests/fuzz/finding.h"
#include "udp/core/bytes.h"

namespace dgram::fuzz {
namespace {

constexpr std::size_t most_requests_kept = 64;
constexpr std::size_t number_size = 8;

// Touches every byte, so that a sanitizer sees whether they are still there.
void read(std::span<const std::byte> bytes) {
  unsigned sum = 0;
  for (const std::byte b : bytes) sum += std::to_integer<unsigned>(b);
  volatile unsigned kept = sum;
  static_cast<void>(kept);
}

}  // namespace

std::vector<std::byte> numbered_content(std::uint64_t number, std::size_t size) {
  std::vector<std::byte> bytes(size);
  for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<std::byte>(number * 31 + i);
  if (size >= number_size) byte_writer(bytes).u64(number);
  return bytes;
}

std::optional<std::uint64_t> number_in(std::span<const std::byte> bytes) {
  if (bytes.size() < number_size) return std::nullopt;
  const std::uint64_t number = byte_reader(bytes).u64();
  if (!std::ranges::equal(numbered_content(number, bytes.size()), bytes)) return std::nullopt;
  return number;
}

fuzzed_stream::fuzzed_stream(const stream_options& options, stream_role role, witness w)
    : options_(options), role_(role), witness_(std::move(w)), stream_(options, role, peer_id{1, 1}) {}

void fuzzed_stream::opened(time_point now) {
  ++connection_;
  newest_ = {};
  stream_.handle_opened(now);
  drain(now);
}

void fuzzed_stream::broken(time_point now) {
  stream_.handle_broken(now);
  require(!stream_.connected(), "a stream goes on though it broke");
  require(stream_.poll_transmit(now).empty(), "a stream that broke has something to write");
  drain(now);
}

void fuzzed_stream::end_of_stream(time_point now) {
  stream_.handle_end(now);
  require(!stream_.connected(), "a stream goes on though it ended");
  drain(now);
}

void fuzzed_stream::close(time_point now) {
  stream_.close(now);
  require(!stream_.connected(), "a stream goes on though it was closed");
  drain(now);
  require(unresolved_.empty(), "a message without an outcome after close");
  require(!stream_.wants_connection(), "a stream that was closed wants a connection");
}

void fuzzed_stream::timeout(time_point now) {
  stream_.handle_timeout(now);
  drain(now);
}

void fuzzed_stream::take(std::span<const std::byte> bytes, std::size_t events, time_point now) {
  // A block of its own, so that reading past the end is seen, and also reading it when it is gone.
  const std::vector<std::byte> block(bytes.begin(), bytes.end());
  stream_.handle_bytes(block, now);
  if (!drain(events, now)) stream_.keep();
}

std::vector<std::byte> fuzzed_stream::give(std::size_t most, time_point now) {
  const auto out = stream_.poll_transmit(now);
  read(out);
  // Replies go beyond half the buffer by what is documented, messages are framed in batches, and what is due
  // besides is an acknowledgement or two.
  const std::size_t bound = options_.send_buffer + 2 * (options_.max_message + frame_header_size) +
                            stream_output::batch + 4 * frame_header_size;
  require(out.size() <= bound, "there is no bound to what waits to be written");
  const auto taken = out.first(std::min(most, out.size()));
  std::vector<std::byte> given(taken.begin(), taken.end());
  stream_.transmitted(given.size(), now);
  return given;
}

void fuzzed_stream::send(std::uint64_t ticket, std::size_t size, const send_options& options,
                         time_point now) {
  const send_status status = stream_.send(numbered_content(ticket, size), options, {ticket}, now);
  require(
      status == send_status::no_peer || (status == send_status::too_large) == (size > options_.max_message),
      "too_large");
  const bool over = role_ == stream_role::responder && !stream_.connected();
  require(!over || status == send_status::no_peer, "a message was taken for a connection that is over");
  if (status != send_status::accepted) return;
  ++accepted_;
  unresolved_.emplace(ticket, sent_message{size, options.wants_reply, now + options.deadline});
}

void fuzzed_stream::reply(bool oldest, std::size_t size, time_point now) {
  if (requests_.empty()) return;
  const request r = oldest ? std::move(requests_.front()) : std::move(requests_.back());
  oldest ? requests_.pop_front() : requests_.pop_back();
  const auto number = number_in(r.bytes);
  const auto content = number ? numbered_content(*number, std::max(size, number_size)) : r.bytes;
  const send_status status = stream_.reply(r.id, content, now);
  require((status == send_status::too_large) <= (content.size() > options_.max_message),
          "too_large, of a reply");
  const bool over = r.connection != connection_ || !stream_.connected();
  require(!over || status == send_status::no_peer, "a request was answered on another connection");
  if (status == send_status::accepted) {
    ++replies_;
    require(stream_.reply(r.id, content, now) != send_status::accepted, "a request was answered twice");
  }
}

void fuzzed_stream::drain(time_point now) {
  require(drain(most_events, now), "there is no end to what happened");
  const bool over = role_ == stream_role::responder && !stream_.connected();
  require(!over || unresolved_.empty(), "a message without an outcome though its only connection is over");
}

bool fuzzed_stream::drain(std::size_t most, time_point now) {
  for (std::size_t n = 0; n < most; ++n) {
    const auto e = stream_.poll_event();
    if (!e) return true;
    if (const auto* m = std::get_if<message_arrived>(&*e)) on(*m);
    if (const auto* r = std::get_if<message_resolved>(&*e)) on(*r, now);
    if (std::holds_alternative<session_opened>(*e)) ++opened_;
    if (std::holds_alternative<session_ended>(*e)) ++ended_;
    require(opened_ == ended_ || opened_ == ended_ + 1, "sessions opened and ended by turns");
  }
  return false;
}

void fuzzed_stream::on(const message_arrived& m) {
  read(m.bytes);
  ++arrived_;
  require(m.bytes.size() <= options_.max_message, "a message larger than the largest");
  require(m.id.message > newest_, "a message came twice, or out of order");
  newest_ = m.id.message;
  witness_.arrived(m);
  if (!m.wants_reply) return;
  requests_.push_back({m.id, {m.bytes.begin(), m.bytes.end()}, connection_});
  if (requests_.size() > most_requests_kept) requests_.pop_front();
}

void fuzzed_stream::on(const message_resolved& r, time_point now) {
  read(r.reply);
  ++resolved_;
  const auto found = unresolved_.find(r.ticket.value);
  require(found != unresolved_.end(), "an outcome for what was not sent, or a second one");
  require(now <= found->second.deadline, "an outcome later than the deadline");
  require(found->second.wants_reply || r.report.outcome != outcome::answered, "an answer to what wants none");
  witness_.resolved(r.ticket.value, r, found->second);
  unresolved_.erase(found);
}

void fuzzed_stream::check() const {
  const statistics& s = stream_.counted();
  require(s.messages_sent == accepted_ + replies_, "messages_sent");
  require(s.messages_received == arrived_, "messages_received");
  require(s.delivered + s.answered + s.unanswered + s.expired + s.lost + s.refused + s.unknown == resolved_,
          "outcomes counted");
  require(s.lost == 0, "a stream loses nothing");
  require(accepted_ == resolved_ + unresolved_.size(), "outcomes told");
  require(s.sessions_opened == opened_ && s.sessions_ended == ended_, "sessions counted");
}

// A frame can take too long, and a reply come too late; all else is damage.
void fuzzed_stream::check_undamaged() const {
  const discard_counters& d = stream_.counted().discarded;
  require(d.total() == d[discard_reason::late_reply] + d[discard_reason::truncated],
          "a peer that is in order was cut off");
}

}  // namespace dgram::fuzz
