// SPDX-License-Identifier: MIT
// Our messages to one peer from `send` to their outcome: waiting, written, taken by the peer. Outlives
// connections: what was never written waits for the next one. Knows no frames, no sockets.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "udp/core/deadline_heap.h"
#include "udp/core/event.h"
#include "udp/core/message.h"
#include "udp/core/ring_queue.h"
#include "udp/core/stream_options.h"
#include "udp/core/stream_queue.h"
#include "udp/core/time.h"

namespace dgram {

class stream_outbox {
 public:
  stream_outbox(const stream_options&, peer_id);

  // What is written next.
  struct waiting_message {
    message_id id;
    delivery_mode mode;
    channel_id channel;
    bool wants_reply;
    std::size_t size;
  };

  // Copies the bytes. would_block when the send buffer is full.
  send_status push(std::span<const std::byte>, const send_options&, ticket, time_point now);

  // The oldest that waits, or nothing: none does, or max_in_flight are on their way.
  std::optional<waiting_message> front();
  // Moves the bytes of `front` to the end of `out`: from here on it may arrive.
  void write_front(std::vector<std::byte>& out, time_point now);

  // A connection begins: acknowledgements of what was written before it are not valid on it.
  void start_connection() { first_of_connection_ = acked_end_ = written_end_; }
  // Everything up to `id` was taken by the peer; 0: nothing yet. False when that was never sent on this
  // connection, or takes an earlier acknowledgement back.
  bool acknowledge(message_id up_to, time_point now);
  enum class answer_status : std::uint8_t { taken, late, never_sent };
  // The reply's bytes stay borrowed until the outcome was taken by next_resolved, or keep(). One at a time.
  answer_status answer(message_id, std::span<const std::byte> reply, time_point now);
  // Copies a reply that is still borrowed.
  void keep();
  // The oldest request that was written and has no answer yet.
  std::optional<message_id> oldest_unanswered();

  void expire(time_point now);
  // Every message that was written gets this outcome.
  void resolve_written(outcome, time_point now);
  void resolve_waiting(outcome, time_point now);
  // Every message that was written and not acknowledged.
  void resolve_untaken(outcome, time_point now);
  // One that was written.
  void resolve_written(message_id, outcome, time_point now);

  bool waiting() const { return waiting_ > 0; }
  bool in_flight() const { return live_ > waiting_; }
  // Something was written to this connection that the peer has not acknowledged.
  bool unacknowledged() const { return last_written_ >= acked_end_; }
  std::optional<time_point> next_deadline() const;
  std::optional<message_resolved> next_resolved();

 private:
  enum class phase : std::uint8_t { waiting, written, taken, done };

  struct slot {
    dgram::ticket ticket;
    time_point sent{};
    time_point first_written{};
    std::uint32_t size = 0;
    std::uint32_t heap_place = not_in_heap;
    phase now = phase::done;
    delivery_mode mode{};
    channel_id channel{};
    bool wants_reply = false;
  };

  // What each waiting message takes of the send buffer beside its bytes, so that empty ones are bounded too.
  static constexpr std::size_t overhead = 32;

  slot& at(std::uint64_t id) { return slots_[id & (slots_.size() - 1)]; }
  const slot& at(std::uint64_t id) const { return slots_[id & (slots_.size() - 1)]; }
  auto places() {
    return [this](std::uint64_t id) -> std::uint32_t& { return at(id).heap_place; };
  }
  slot& append();
  void resolve(std::uint64_t id, outcome, time_point now, std::span<const std::byte> reply);
  void skip_done();
  std::size_t charge() const { return bytes_.size() + overhead * (end_ - written_end_); }

  stream_options options_;
  peer_id peer_;
  stream_queue bytes_;       // of the messages from written_end_ to end_
  std::vector<slot> slots_;  // ring by id; size a power of two
  // Ids, in this order: begin_ <= written_end_ <= end_.
  std::uint64_t begin_ = 1;        // the oldest written one without an outcome, or written_end_
  std::uint64_t written_end_ = 1;  // the oldest that still holds bytes, or end_
  std::uint64_t end_ = 1;
  std::uint64_t last_written_ = 0;
  std::uint64_t first_of_connection_ = 1;
  std::uint64_t acked_end_ = 1;
  std::uint64_t first_unanswered_ = 1;  // no written request below it lacks its answer
  std::size_t live_ = 0;                // without an outcome
  std::size_t waiting_ = 0;             // of these, not written
  deadline_heap<std::uint64_t> deadlines_;
  ring_queue<message_resolved> resolved_;
  std::vector<std::byte> kept_reply_;
};

}  // namespace dgram
