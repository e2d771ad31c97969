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
  sessions_opened += other.sessions_opened;
  sessions_ended += other.sessions_ended;
  discarded += other.discarded;
  sessions += other.sessions;
  if (other.smoothed_round_trip > duration{0}) {
    smoothed_round_trip = other.smoothed_round_trip;
    least_round_trip = other.least_round_trip;
    probe_timeout = other.probe_timeout;
  }
  return *this;
}

}  // namespace dgram
