// SPDX-License-Identifier: MIT
#include "udp/core/stream_outbox.h"

#include <algorithm>
#include <utility>

namespace dgram {

stream_outbox::stream_outbox(const stream_options& options, peer_id peer) : options_(options), peer_(peer) {
  options_.max_message = std::min(options_.max_message, stream_options::largest_message);
}

send_status stream_outbox::push(std::span<const std::byte> bytes, const send_options& how, ticket t,
                                time_point now) {
  if (bytes.size() > options_.max_message) return send_status::too_large;
  if (waiting_ > 0 && charge() + overhead + bytes.size() > options_.send_buffer) {
    return send_status::would_block;
  }
  const std::uint64_t id = end_;
  slot& s = append();
  s.ticket = t;
  s.sent = now;
  s.first_written = {};
  s.size = static_cast<std::uint32_t>(bytes.size());
  s.heap_place = not_in_heap;
  s.now = phase::waiting;
  s.mode = how.mode;
  s.channel = how.channel;
  s.wants_reply = how.wants_reply;
  bytes_.push(bytes);
  deadlines_.set(id, now + how.deadline, places());
  ++live_;
  ++waiting_;
  return send_status::accepted;
}

stream_outbox::slot& stream_outbox::append() {
  if (end_ - begin_ == slots_.size()) {
    std::vector<slot> larger(std::max<std::size_t>(16, 2 * slots_.size()));
    for (std::uint64_t id = begin_; id < end_; ++id) larger[id & (larger.size() - 1)] = at(id);
    slots_ = std::move(larger);
  }
  return at(end_++);
}

std::optional<stream_outbox::waiting_message> stream_outbox::front() {
  skip_done();
  if (written_end_ == end_ || written_end_ - begin_ >= options_.max_in_flight) return std::nullopt;
  const slot& s = at(written_end_);
  return waiting_message{{written_end_}, s.mode, s.channel, s.wants_reply, s.size};
}

void stream_outbox::write_front(std::vector<std::byte>& out, time_point now) {
  last_written_ = written_end_;
  slot& s = at(written_end_++);
  bytes_.pop_to(out, s.size);
  s.first_written = now;
  s.now = phase::written;
  --waiting_;
}

bool stream_outbox::acknowledge(message_id up_to, time_point now) {
  // A peer that took nothing on this connection says 0, whatever was written to an earlier one.
  if (up_to.value == 0 && acked_end_ == first_of_connection_) return true;
  const std::uint64_t end = up_to.value + 1;
  if (up_to.value >= written_end_ || end < acked_end_) return false;
  for (std::uint64_t id = std::max(acked_end_, begin_); id < end; ++id) {
    slot& s = at(id);
    if (s.now != phase::written) continue;
    if (s.wants_reply) {
      s.now = phase::taken;
    } else {
      resolve(id, outcome::delivered, now, {});
    }
  }
  acked_end_ = end;
  skip_done();
  return true;
}

stream_outbox::answer_status stream_outbox::answer(message_id request, std::span<const std::byte> reply,
                                                   time_point now) {
  const std::uint64_t id = request.value;
  if (id < first_of_connection_ || id >= written_end_) return answer_status::never_sent;
  if (id >= acked_end_) acknowledge(request, now);
  if (id < begin_ || at(id).now != phase::taken) return answer_status::late;
  resolve(id, outcome::answered, now, reply);
  skip_done();
  return answer_status::taken;
}

// One at most is borrowed: whoever has a reply in here takes no further one before its outcome was taken.
void stream_outbox::keep() {
  for (std::size_t n = resolved_.size(); n > 0; --n) {
    message_resolved r = resolved_.pop();
    if (!r.reply.empty() && r.reply.data() != kept_reply_.data()) {
      kept_reply_.assign(r.reply.begin(), r.reply.end());
      r.reply = kept_reply_;
    }
    resolved_.push(r);
  }
}

std::optional<message_id> stream_outbox::oldest_unanswered() {
  first_unanswered_ = std::max(first_unanswered_, begin_);
  for (; first_unanswered_ < written_end_; ++first_unanswered_) {
    const slot& s = at(first_unanswered_);
    if (s.wants_reply && s.now != phase::done) return message_id{first_unanswered_};
  }
  return std::nullopt;
}

void stream_outbox::expire(time_point now) {
  while (!deadlines_.empty() && deadlines_.top().when <= now) {
    const std::uint64_t id = deadlines_.top().key;
    resolve(id, at(id).now == phase::taken ? outcome::unanswered : outcome::expired, now, {});
  }
  skip_done();
}

void stream_outbox::resolve_written(outcome what, time_point now) {
  for (std::uint64_t id = begin_; id < written_end_; ++id) {
    if (at(id).now != phase::done) resolve(id, what, now, {});
  }
  skip_done();
}

void stream_outbox::resolve_written(message_id id, outcome what, time_point now) {
  resolve(id.value, what, now, {});
  skip_done();
}

void stream_outbox::resolve_waiting(outcome what, time_point now) {
  for (std::uint64_t id = written_end_; id < end_; ++id) {
    if (at(id).now != phase::done) resolve(id, what, now, {});
  }
  skip_done();
}

void stream_outbox::resolve_untaken(outcome what, time_point now) {
  for (std::uint64_t id = std::max(acked_end_, begin_); id < written_end_; ++id) {
    if (at(id).now != phase::done) resolve(id, what, now, {});
  }
  skip_done();
}

std::optional<time_point> stream_outbox::next_deadline() const {
  if (deadlines_.empty()) return std::nullopt;
  return deadlines_.top().when;
}

std::optional<message_resolved> stream_outbox::next_resolved() {
  if (resolved_.empty()) return std::nullopt;
  return resolved_.pop();
}

void stream_outbox::resolve(std::uint64_t id, outcome what, time_point now,
                            std::span<const std::byte> reply) {
  slot& s = at(id);
  const bool written = s.now != phase::waiting;
  delivery_report report;
  report.outcome = what;
  report.tries = written ? 1 : 0;
  report.round_trip = written ? now - s.first_written : duration{0};
  report.since_sent = now - s.sent;
  resolved_.push({peer_, s.ticket, report, reply});
  deadlines_.remove(id, places());
  s.now = phase::done;
  --live_;
  if (!written) --waiting_;
}

// A message that expired unwritten keeps its bytes until its turn comes: they lie between others'.
void stream_outbox::skip_done() {
  while (written_end_ < end_ && at(written_end_).now == phase::done) bytes_.drop(at(written_end_++).size);
  while (begin_ < written_end_ && at(begin_).now == phase::done) ++begin_;
}

}  // namespace dgram
