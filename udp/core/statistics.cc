// SPDX-License-Identifier: MIT
#include "udp/core/statistics.h"

#include <numeric>

namespace dgram {

std::uint64_t discard_counters::total() const {
  return std::accumulate(by_reason.begin(), by_reason.end(), std::uint64_t{0});
}

discard_counters& discard_counters::operator+=(const discard_counters& other) {
  for (std::size_t i = 0; i < by_reason.size(); ++i) by_reason[i] += other.by_reason[i];
  return *this;
}

void statistics::count(outcome o) {
  switch (o) {
    case outcome::delivered: ++delivered; break;
    case outcome::answered: ++answered; break;
    case outcome::unanswered: ++unanswered; break;
    case outcome::expired: ++expired; break;
    case outcome::lost: ++lost; break;
    case outcome::refused: ++refused; break;
    case outcome::unknown: ++unknown; break;
  }
}

statistics& statistics::operator+=(const statistics& other) {
  messages_sent += other.messages_sent;
  messages_received += other.messages_received;
  delivered += other.delivered;
  answered += other.answered;
  unanswered += other.unanswered;
  expired += other.expired;
  lost += other.lost;
  refused += other.refused;
  unknown += other.unknown;
  datagrams_sent += other.datagrams_sent;
  datagrams_received += other.datagrams_received;
  bytes_sent += other.bytes_sent;
  bytes_received += other.bytes_received;
  messages_retransmitted += other.messages_retransmitted;
  packets_lost += other.packets_lost;
  spurious_losses += other.spurious_losses;
  probe_timeouts += other.probe_timeouts;
  duplicates_received += other.duplicates_received;
  replies_repeated += other.replies_repeated;
  resent_lost += other.resent_lost;
  resent_probe += other.resent_probe;
  resent_ride += other.resent_ride;
  resent_request += other.resent_request;
  redundancy_bytes += other.redundancy_bytes;
  losses_repaired += other.losses_repaired;
  deepest_reordering = std::max(deepest_reordering, other.deepest_reordering);
  congestion_marks += other.congestion_marks;
  fragments_sent += other.fragments_sent;
  fragments_received += other.fragments_received;
  path_changes += other.path_changes;
  black_holes += other.black_holes;
  sessions_opened += other.sessions_opened;
  sessions_ended += other.sessions_ended;
  discarded += other.discarded;
  sessions += other.sessions;
  held_to_send = other.held_to_send;
  held_to_deliver = other.held_to_deliver;
  if (other.smoothed_round_trip > duration{0}) {
    smoothed_round_trip = other.smoothed_round_trip;
    least_round_trip = other.least_round_trip;
    probe_timeout = other.probe_timeout;
    congestion_window = other.congestion_window;
    bytes_in_flight = other.bytes_in_flight;
    pacing_rate = other.pacing_rate;
    datagram_size = other.datagram_size;
    peer_credit = other.peer_credit;
    loss_rate = other.loss_rate;
    redundancy_copies = other.redundancy_copies;
  }
  return *this;
}

double statistics::datagrams_per_message() const {
  return messages_sent == 0 ? 0 : static_cast<double>(datagrams_sent) / static_cast<double>(messages_sent);
}

double statistics::bytes_per_message() const {
  return messages_sent == 0 ? 0 : static_cast<double>(bytes_sent) / static_cast<double>(messages_sent);
}

}  // namespace dgram
