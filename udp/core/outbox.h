// SPDX-License-Identifier: MIT
// What goes next, and which message has which outcome? Keeps every message that has no outcome yet: those
// that wait for their first turn, what left of them and may have to be repeated, and requests that wait for
// their reply. It is told what was acknowledged and what was lost, and knows no packets.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "udp/core/deadline_heap.h"
#include "udp/core/ids.h"
#include "udp/core/message.h"
#include "udp/core/request_index.h"
#include "udp/core/ring_queue.h"
#include "udp/core/send_queue.h"
#include "udp/core/sent_items.h"
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
  std::uint64_t serial = 0;                       // in the order of submission
  message_id id{};                                // once it left
  message_id request{};                           // replies: what they answer
  std::optional<wire::request_name> in_reply_to;  // replies: its name
  order_number order{};
  std::uint32_t heap_position = not_in_heap;
  std::uint32_t size = 0;     // of the message, also when its bytes are no longer kept
  std::uint32_t cut = 0;      // in fragments: bytes that left at least once
  std::uint32_t unacked = 0;  // in fragments: bytes not acknowledged
  std::uint16_t tries = 0;
  std::uint16_t max_tries = 0;
  delivery_mode mode = delivery_mode::reliable;
  channel_id channel{};
  std::uint8_t priority = 0;
  std::optional<dgram::redundancy> redundancy;
  state stage = state::done;
  bool wants_reply = false;
  bool is_reply = false;
  bool in_fragments = false;
  bool charged = false;   // counts against the peer's credit
  bool queued = false;    // its slot is still in the send queue
  bool given_up = false;  // outcome told; the peer must still learn not to wait for it
};

// A message that has its outcome. `reply` points into the datagram that brought it.
struct resolution {
  dgram::ticket ticket{};
  delivery_report report;
  std::span<const std::byte> reply;
  bool is_reply = false;
  message_id request{};  // replies: what they answered
};

class outbox {
 public:
  using slot = send_queue::slot;

  explicit outbox(std::size_t byte_limit) : byte_limit_(byte_limit) {}

  send_status add(std::span<const std::byte> bytes, const send_options&, ticket, time_point now);
  // A reply to the peer's request `to`; nullopt when even the reserve for replies is full.
  std::optional<slot> add_reply(std::span<const std::byte> bytes, message_id to, wire::request_name,
                                time_point deadline, time_point now);
  // Takes over a message of a session that ended; its id and order begin anew.
  send_status adopt(outgoing&&);

  // --- What goes next. The peer has room for `credit` bytes beyond what it acknowledged; datagrams carry
  // `datagram_size`.
  void limits(std::uint64_t credit, std::size_t datagram_size);
  enum class turn : std::uint8_t { nothing, small, fragment };
  turn next_turn();
  struct placed {
    message_id id;
    send_cause cause;
    std::uint16_t tries;
  };
  // Writes what is due if it fits into the room that is left: a whole message or a notice, at their turn.
  // `in_company`: other messages are in the datagram already.
  std::optional<placed> place_small(wire::datagram_writer&, bool in_company, time_point now);
  // A fragment, cut to what is left.
  std::optional<placed> place_fragment(wire::datagram_writer&, time_point now);

  // Redundancy: which messages in flight ride along.
  struct ride_rules {
    unsigned automatic_copies = 0;  // for messages that leave it to the session
    dgram::redundancy session;      // what the session says
    std::size_t bytes = 0;          // at most
    duration spacing{0};            // since the message last left
  };
  // Calls on_ride(message_id) for each that was written.
  template <class OnRide>
  void ride_along(wire::datagram_writer&, const ride_rules&, time_point now, OnRide&& on_ride);
  // Whether anything would ride, were there a datagram.
  bool rides(const ride_rules&, time_point now);

  // --- What became of it.
  void acknowledged(message_id, time_point now);
  // Returns whether it still mattered.
  bool copy_lost(message_id, time_point now);
  // False when nothing waits for this reply.
  bool answered(wire::request_name, std::span<const std::byte> reply, time_point now);
  // Nothing was heard for too long: the oldest messages in flight, one datagram of them, are to be repeated.
  void probe(time_point now);
  // The peer asked again for a reply that is still unacknowledged. It is repeated unless it just left.
  bool repeat_reply(slot, time_point unless_sent_since);

  std::optional<time_point> next_deadline() const;
  void expire(time_point now);

  // Ends everything. What the peer cannot have run is moved to `kept` in order: what was never sent, or was
  // first sent after `safe_since`. All else is unknown.
  void abandon(time_point safe_since, time_point now, std::vector<outgoing>& kept);

  // Outcomes since the last time, oldest first, until none is left.
  std::optional<resolution> poll_resolution();

  // Whether a user still waits for the outcome of something.
  bool awaits_outcome() const { return !deadlines_.empty(); }
  // Something could leave, had older messages been acknowledged: the receiver's window of ids is used up.
  bool waits_for_ids() const { return !items_.room() && (queue_.front() || !notices_.empty()); }
  bool waits_for_credit() const { return queue_.parked(); }
  std::size_t held_bytes() const { return bytes_; }

 private:
  struct range {
    slot message;
    std::uint64_t serial;
    std::uint32_t offset, length;
  };
  struct ride {
    message_id id;
    time_point last_sent;
  };

  outgoing* held(slot s) { return messages_[s].stage == outgoing::state::done ? nullptr : &messages_[s]; }
  slot append(time_point deadline, std::span<const std::byte> bytes, time_point now);
  void enqueue(slot);
  order_number next_order(channel_id);

  bool whole(const outgoing&) const;
  bool may_begin(const outgoing&) const;
  std::optional<slot> front();
  bool trim(ring_queue<message_id>& repetitions);
  bool trim_ranges();
  bool stubborn();
  wire::message frame_of(const outgoing&, message_id, const sent_item&) const;
  std::size_t size_of(const outgoing&, message_id, const sent_item&) const;
  void write(const outgoing&, message_id, const sent_item&, wire::datagram_writer&) const;
  void begin(slot, time_point now);
  placed left(message_id, send_cause, time_point now);
  std::optional<placed> repeat(ring_queue<message_id>&, wire::datagram_writer&, bool in_company,
                               time_point now);
  std::optional<placed> cut(slot, std::uint32_t offset, std::uint32_t length, send_cause,
                            wire::datagram_writer&, time_point now);
  void cut_again(message_id, sent_item&);
  std::span<const ride> choose_rides(const ride_rules&, time_point now, std::size_t room);

  void queue_repetition(message_id, sent_item&, send_cause);
  void part_acknowledged(message_id, sent_item&, time_point now);
  void message_acknowledged(slot, time_point now);
  void announce(slot, dgram::outcome, time_point now, std::span<const std::byte> reply);
  void resolve(slot, dgram::outcome, time_point now, std::span<const std::byte> reply = {});
  void give_up(slot, dgram::outcome, time_point now);
  void drop_items(slot);
  void drop_deadline(slot);
  void release(outgoing&);
  void settle(slot);

  std::vector<outgoing> messages_;
  std::vector<slot> free_;
  sent_items items_;
  send_queue queue_;
  ring_queue<slot> notices_;
  ring_queue<message_id> small_repetitions_, fragment_repetitions_;
  ring_queue<range> ranges_;  // to be cut anew: their fragments no longer fit the path
  request_index requests_;
  ring_queue<resolution> resolutions_;
  deadline_heap<slot> deadlines_;
  std::vector<order_number> orders_;  // by channel, as far as used
  // Kept for their memory only.
  std::vector<ride> rides_;
  std::vector<slot> spent_;
  std::vector<message_id> gone_;
  std::uint64_t serial_ = 0;
  std::size_t held_ = 0;
  std::size_t byte_limit_;
  std::size_t bytes_ = 0;
  std::uint64_t outstanding_ = 0;  // bytes charged
  std::uint64_t credit_ = 0;
  std::uint64_t passed_ = 0;  // bytes that went before what waits for credit
  std::size_t datagram_size_ = max_datagram_size;
  std::size_t small_while_fragments_wait_ = 0;
  bool others_turn_ = false;  // before fragments that are stubborn
};

template <class OnRide>
void outbox::ride_along(wire::datagram_writer& out, const ride_rules& rules, time_point now,
                        OnRide&& on_ride) {
  for (const ride& r : choose_rides(rules, now, out.left())) {
    sent_item& item = *items_.find(r.id);
    write(messages_[item.slot], r.id, item, out);
    item.last_sent = now;
    ++item.copies;
    on_ride(r.id);
  }
}

}  // namespace dgram
