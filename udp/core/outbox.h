// SPDX-License-Identifier: MIT
// What goes next? Keeps every message that has no outcome yet: new ones in the order they came, those to be
// repeated before them, and requests that wait for their reply. Knows deadlines and tries; it is told what
// was acknowledged and what was lost, and knows no packets.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "udp/core/deadline_heap.h"
#include "udp/core/ids.h"
#include "udp/core/message.h"
#include "udp/core/ring_queue.h"
#include "udp/core/time.h"
#include "udp/core/wire.h"

namespace dgram {

struct outgoing {
  enum class state : std::uint8_t { done, waiting, in_flight, awaiting_reply };

  std::vector<std::byte> bytes;
  dgram::ticket ticket{};
  time_point submitted{};
  time_point deadline{};
  time_point first_sent{};
  message_id in_reply_to{};
  order_number order{};
  std::uint32_t heap_position = not_in_heap;
  std::uint32_t copies = 0;  // in flight
  std::uint16_t tries = 0;
  std::uint16_t max_tries = 0;
  delivery_mode mode = delivery_mode::reliable;
  channel_id channel{};
  state stage = state::done;
  bool wants_reply = false;
  bool is_reply = false;
  bool given_up = false;  // outcome told; the peer must still learn not to wait for it
  bool to_repeat = false;
};

// A message that has its outcome. `reply` points into the datagram that brought it.
struct resolution {
  dgram::ticket ticket{};
  delivery_report report;
  std::span<const std::byte> reply;
  bool is_reply = false;
  message_id in_reply_to{};
};

class outbox {
 public:
  explicit outbox(std::size_t byte_limit) : byte_limit_(byte_limit) {}

  send_status add(std::span<const std::byte> bytes, const send_options&, ticket, time_point now);
  // A reply to the peer's request `to`; nullopt when even the reserve for replies is full.
  std::optional<message_id> add_reply(std::span<const std::byte> bytes, message_id to, time_point deadline,
                                      time_point now);
  // Takes over a message of a session that ended; its id and order begin anew.
  send_status adopt(outgoing&&);

  bool has_next();
  // The next message to put into a datagram with `room` bytes left, if it fits. Followed by `placed`.
  std::optional<message_id> next(std::size_t room);
  std::size_t size_on_wire(message_id) const;
  // How often it left already.
  std::uint16_t tries(message_id id) const { return at(id.value).tries; }
  void write(message_id, wire::datagram_writer&) const;
  // A copy leaves. Returns true when it is a repetition.
  bool placed(message_id, time_point now);

  void acknowledged(message_id, time_point now);
  void copy_lost(message_id, time_point now);
  // False when nothing waits for this reply.
  bool answered(message_id request, std::span<const std::byte> reply, time_point now);
  // Nothing was heard for too long: the oldest messages in flight, one datagram of them, are to be repeated.
  void probe(time_point now);
  // The peer asked again for a reply that is still unacknowledged.
  bool repeat_reply(message_id reply);

  std::optional<time_point> next_deadline() const;
  void expire(time_point now);

  // Ends everything. What the peer cannot have run is moved to `kept` in order: what was never sent, or was
  // first sent after `safe_since`. All else is unknown.
  void abandon(time_point safe_since, time_point now, std::vector<outgoing>& kept);

  // Outcomes since the last time, oldest first, until none is left.
  std::optional<resolution> poll_resolution();

  // The whole id of one of ours that the peer names.
  message_id restore(std::uint32_t truncated) const {
    return {unwrap<wire::message_id_bits>(truncated, next_)};
  }
  // Whether a user still waits for the outcome of something.
  bool awaits_outcome() const { return !deadlines_.empty(); }

 private:
  outgoing& at(std::uint64_t id) { return ring_[id & (ring_.size() - 1)]; }
  const outgoing& at(std::uint64_t id) const { return ring_[id & (ring_.size() - 1)]; }
  bool held(message_id id) const { return id.value >= oldest_ && id.value < next_; }
  outgoing& append(time_point deadline);
  void store(outgoing&, std::span<const std::byte> bytes);
  void grow();
  wire::message frame_of(message_id) const;
  void queue_repetition(message_id);
  void announce(message_id, dgram::outcome, time_point now, std::span<const std::byte> reply);
  void drop_deadline(message_id);
  void resolve(message_id, dgram::outcome, time_point now, std::span<const std::byte> reply = {});
  void give_up(message_id, dgram::outcome, time_point now);
  void release(outgoing&);
  void settle(message_id);
  void advance();
  order_number next_order(channel_id);

  std::vector<outgoing> ring_;  // by message id; size a power of two
  std::uint64_t oldest_ = 0;    // first that is not done
  std::uint64_t oldest_unacked_ = 0;
  std::uint64_t fresh_ = 0;  // first that was never sent
  std::uint64_t next_ = 0;
  ring_queue<message_id> repetitions_;
  ring_queue<resolution> resolutions_;
  deadline_heap<std::uint64_t> deadlines_;
  std::vector<order_number> orders_;  // by channel, as far as used
  std::size_t byte_limit_;
  std::size_t bytes_ = 0;
};

}  // namespace dgram
