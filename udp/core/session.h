// SPDX-License-Identifier: MIT
// One conversation between two ends. Introduces the parts to each other (which packets arrived, what is in
// flight, how long is the path, what goes next, what is delivered) and decides nothing that one of them can.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "udp/core/ack_tracker.h"
#include "udp/core/credit_grant.h"
#include "udp/core/flight.h"
#include "udp/core/ids.h"
#include "udp/core/inbox.h"
#include "udp/core/introduction.h"
#include "udp/core/loss_meter.h"
#include "udp/core/loss_tolerance.h"
#include "udp/core/message.h"
#include "udp/core/options.h"
#include "udp/core/outbox.h"
#include "udp/core/path_mtu.h"
#include "udp/core/path_record.h"
#include "udp/core/probe_timer.h"
#include "udp/core/redundancy_control.h"
#include "udp/core/rtt_estimator.h"
#include "udp/core/send_allowance.h"
#include "udp/core/statistics.h"
#include "udp/core/turn.h"
#include "udp/core/wire.h"

namespace dgram {

class session {
 public:
  using role = session_role;
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

  // A datagram whose header names this session. Returns why it was discarded, if it was; `unknown_session`
  // when it belongs to another incarnation's session of this id, and this one is over. Afterwards:
  // poll_transmit, next_timeout, ended.
  struct arrival {
    std::size_t size = 0;  // of the datagram
    bool accept_messages = true;
    bool congestion_marked = false;
  };
  std::optional<discard_reason> handle_datagram(const wire::header&, std::span<const std::byte> payload,
                                                const arrival&, turn&);
  // When next_timeout has come; at any other time it does nothing. Afterwards: as above.
  void handle_timeout(turn&);

  // Writes the next datagram, within `buffer`, and returns its size; 0 when there is nothing to send now.
  std::size_t poll_transmit(time_point now, std::span<std::byte> buffer, const trace_sink&);
  // The one datagram that tells the peer that this session is over; 0 when its address may not be sent to.
  std::size_t write_close(std::span<std::byte> buffer);
  // A datagram that asks whoever is at another address to prove that it is the peer.
  std::size_t write_challenge(std::span<std::byte> buffer, std::uint64_t secret, time_point now);
  // The peer is somewhere else now: what was under way is asked for again at once. `new_host`: not only
  // another port, so that nothing is known of the way there.
  void path_changed(bool new_host, time_point now);
  // Whether a packet is newer than every one that arrived.
  bool newer_than_all(std::uint32_t truncated_packet) const {
    return tracker_.restore(truncated_packet) >= newest_end_;
  }
  std::optional<time_point> next_timeout() const;

  // Why the session is over, once it is. Its owner then calls abandon and drops it.
  std::optional<end_reason> ended() const { return ended_; }
  // Every message gets its outcome, but for those that the peer cannot have run, which move to `kept`: never
  // sent, or first sent after `safe_since`.
  void abandon(time_point safe_since, std::vector<outgoing>& kept, turn&);
  // What events of this session may still point to, for when it goes before they are read.
  std::vector<std::vector<std::byte>> take_released() { return inbox_.take_released(); }

  // While closed the peer is told that there is no room for more messages.
  void accept_messages(bool accepting) { accepting_ = accepting; }

  // Whether the peer's refusal of this packet of ours can be genuine.
  bool sent(std::uint32_t truncated_packet) const { return flight_.restore(truncated_packet).has_value(); }
  session_id id() const { return identity_.id; }
  role side() const { return introduction_.role(); }
  bool heard() const { return introduction_.heard(); }
  // The responder's incarnation, as far as it is known.
  std::uint32_t epoch() const { return introduction_.epoch(); }
  void learn_epoch(std::uint32_t epoch) { introduction_.learn_epoch(epoch); }
  bool validated() const { return introduction_.gate().open(); }
  time_point last_heard() const { return last_heard_; }
  // What is known of the path, for a later session over it.
  path_record path() const { return {rtt_, loss_meter_}; }
  void remember(const path_record&);
  statistics stats() const;

 private:
  bool may_send() const;
  bool prompt() const;
  std::uint32_t room() const;
  std::size_t datagram_size() const;
  std::optional<time_point> probe_time() const;
  std::optional<time_point> keep_alive_time() const;
  time_point idle_time() const;
  wire::header next_header(bool ack_now) const;

  // These return whether there was room for everything.
  bool take_frames(std::span<const std::byte> payload, bool messages_too, turn&);
  bool take_message_frame(const wire::frame&, turn&);
  bool note(std::optional<discard_reason> refused);
  void take_ack(const wire::ack&, turn&);
  void take_repeated(const wire::message&, time_point now);
  void deliver(const inbox::arrival&, turn&);
  void packet_acknowledged(const sent_packet&, turn&);
  void packet_lost(const sent_packet&, time_point now, const trace_sink&);
  void detect_losses(turn&);
  void probe(turn&);
  void ask_again(time_point now);
  void publish(turn&);

  // What the next datagram is for.
  struct purpose {
    bool ack = false, probe = false, copy = false, credit = false, keep_alive = false;
    bool response = false;                  // to a challenge
    bool small = false, fragments = false;  // their turn, and they may leave
    bool open = false;                      // within window and pace
    std::size_t mtu_probe = 0;              // its size
    bool any() const {
      return ack || probe || copy || credit || keep_alive || response || small || fragments || mtu_probe > 0;
    }
  };
  purpose choose(time_point now);
  void write_control(wire::datagram_writer&, const purpose&, time_point now);
  void write_messages(wire::datagram_writer&, const purpose&, time_point now);
  void count_piece(const outbox::placed&);
  void departed(const purpose&, std::size_t size, time_point now, const trace_sink&);

  identity identity_;
  session_options options_;
  introduction introduction_;
  ack_tracker tracker_;
  flight flight_;
  rtt_estimator rtt_;
  loss_tolerance tolerance_;
  loss_meter loss_meter_;
  probe_timer probe_timer_;
  send_allowance allowance_;
  path_mtu path_mtu_;
  redundancy_control redundancy_;
  outbox outbox_;
  inbox inbox_;
  credit_grant credit_;
  std::optional<std::uint64_t> path_response_;  // owed to a challenge

  bool accepting_ = true;
  bool peer_repeats_ = false;              // messages: it has seen losses, and both ways are often alike
  packet_number newest_end_{};             // one above the newest packet that arrived
  std::optional<time_point> paced_until_;  // something waits for the pacer
  std::optional<time_point> mtu_probe_at_;
  bool probe_due_ = false;
  std::uint32_t probes_in_a_row_ = 0;
  std::uint32_t peer_credit_ = initial_credit;
  std::uint32_t marks_received_ = 0, marks_reports_due_ = 0;  // ECN, of the peer's datagrams
  std::uint32_t marks_reported_ = 0;                          // by the peer, of ours
  bool marked_ = false;                                       // more were reported just now
  std::optional<duration> measured_;                          // by the acknowledgement under way
  time_point last_heard_;
  time_point last_active_;
  time_point last_sent_;
  std::optional<end_reason> ended_;
  // Of the datagram being written.
  struct {
    std::vector<message_id> carried;
    bool repeats = false, fresh = false, small = false, credit = false, token = false, ping = false;
  } writing_;
  statistics stats_;
};

}  // namespace dgram
