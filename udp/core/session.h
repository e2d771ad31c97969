// SPDX-License-Identifier: MIT
// One conversation between two ends. Introduces the parts to each other (which packets arrived, what is in
// flight, how long is the path, what goes next, what is delivered) and decides nothing that one of them can.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "udp/core/ack_tracker.h"
#include "udp/core/address_gate.h"
#include "udp/core/flight.h"
#include "udp/core/ids.h"
#include "udp/core/inbox.h"
#include "udp/core/loss_tolerance.h"
#include "udp/core/message.h"
#include "udp/core/options.h"
#include "udp/core/outbox.h"
#include "udp/core/probe_timer.h"
#include "udp/core/rtt_estimator.h"
#include "udp/core/statistics.h"
#include "udp/core/turn.h"
#include "udp/core/wire.h"

namespace dgram {

class session {
 public:
  enum class role : std::uint8_t { initiator, responder };
  struct identity {
    peer_id peer;
    session_id id;
    session::role role = role::initiator;
    std::uint32_t epoch = 0;  // the responder's incarnation; 0 when an initiator knows none yet
    std::uint64_t token = 0;  // responder: the address's secret
    std::uint64_t jitter_seed = 0;
  };

  session(const identity&, const session_options&, time_point now);

  // Takes a copy of `bytes`. Afterwards: poll_transmit, next_timeout.
  send_status send(std::span<const std::byte> bytes, const send_options&, ticket, time_point now);
  send_status reply(message_id request, std::span<const std::byte> bytes, time_point now);
  // Messages that another session of this peer could not bring to an end.
  void adopt(outgoing&&);

  // A datagram whose header names this session, from its own address. Returns why it was discarded, if it
  // was; `unknown_session` when it belongs to another incarnation's session of this id, and this one is over.
  // Afterwards: poll_transmit, next_timeout, ended.
  std::optional<discard_reason> handle_datagram(const wire::header&, std::span<const std::byte> payload,
                                                bool accept_messages, turn&);
  // When next_timeout has come; at any other time it does nothing. Afterwards: as above.
  void handle_timeout(turn&);

  // Writes the next datagram and returns its size; 0 when there is nothing to send now.
  std::size_t poll_transmit(time_point now, std::span<std::byte> buffer, const trace_sink&);
  // The one datagram that tells the peer that this session is over; 0 when its address may not be sent to.
  std::size_t write_close(std::span<std::byte> buffer);
  std::optional<time_point> next_timeout() const;

  // Why the session is over, once it is. Its owner then calls abandon and drops it.
  std::optional<end_reason> ended() const { return ended_; }
  // Every message gets its outcome, but for those that the peer cannot have run, which move to `kept`: never
  // sent, or first sent after `safe_since`.
  void abandon(time_point safe_since, std::vector<outgoing>& kept, turn&);
  // What events of this session may still point to, for when it goes before they are read.
  std::vector<std::vector<std::byte>> take_released() { return inbox_.take_released(); }

  // Whether the peer's refusal of this packet of ours can be genuine.
  bool sent(std::uint32_t truncated_packet) const { return flight_.restore(truncated_packet).has_value(); }
  session_id id() const { return identity_.id; }
  role side() const { return identity_.role; }
  bool heard() const { return heard_; }
  // The responder's incarnation, as far as it is known.
  std::uint32_t epoch() const { return identity_.epoch; }
  void learn_epoch(std::uint32_t epoch) { identity_.epoch = epoch; }
  bool validated() const { return gate_.open(); }
  time_point last_heard() const { return last_heard_; }
  const rtt_estimator& rtt() const { return rtt_; }
  void remember(const rtt_estimator& earlier) { rtt_.remember(earlier); }
  statistics stats() const;

 private:
  bool may_send() const;
  std::optional<time_point> probe_time() const;
  time_point idle_time() const;
  wire::header next_header(bool ack_now) const;

  std::optional<discard_reason> examine(const wire::header&, const wire::summary&) const;
  // These return whether there was room for everything.
  bool take_frames(std::span<const std::byte> payload, bool messages_too, turn&);
  void take_ack(const wire::ack&, turn&);
  bool take_message(const wire::message&, turn&);
  bool take_skip(const wire::skip&, turn&);
  void take_reply(const wire::message&, turn&);
  void take_repeated(const wire::message&);
  void deliver(const inbox::arrival&, turn&);
  void packet_acknowledged(const sent_packet&, turn&);
  void packet_lost(const sent_packet&, time_point now, const trace_sink&);
  void detect_losses(turn&);
  void publish(turn&);

  void write_control(wire::datagram_writer&, time_point now);
  void write_messages(wire::datagram_writer&, time_point now);

  identity identity_;
  session_options options_;
  address_gate gate_;
  ack_tracker tracker_;
  flight flight_;
  rtt_estimator rtt_;
  loss_tolerance tolerance_;
  probe_timer probe_timer_;
  outbox outbox_;
  inbox inbox_;

  bool heard_ = false;
  bool probe_due_ = false;
  bool token_confirmed_ = false;  // initiator: the responder has it
  std::optional<std::uint64_t> token_;
  time_point created_;
  time_point last_heard_;
  time_point last_active_;
  std::optional<end_reason> ended_;
  std::vector<message_id> carried_;  // of the datagram being written
  bool repeats_ = false;             // the datagram being written repeats a message
  statistics stats_;
};

}  // namespace dgram
