// SPDX-License-Identifier: MIT
#include "udp/core/stream_protocol.h"

#include <algorithm>

namespace dgram {

void stream_protocol::count(const delivery_report& report) {
  counted_.count(report.outcome);
  if (report.outcome != outcome::delivered && report.outcome != outcome::answered) return;
  auto& smoothed = counted_.smoothed_round_trip;
  auto& least = counted_.least_round_trip;
  // RFC 6298's gain. A reply's time includes what the peer's user took to write it.
  smoothed = smoothed.count() == 0 ? report.round_trip : smoothed + (report.round_trip - smoothed) / 8;
  least = least.count() == 0 ? report.round_trip : std::min(least, report.round_trip);
}

void stream_protocol::count_read(std::size_t bytes) {
  ++counted_.datagrams_received;
  counted_.bytes_received += bytes;
}

void stream_protocol::count_write(std::size_t bytes) {
  ++counted_.datagrams_sent;
  counted_.bytes_sent += bytes;
}

void stream_protocol::count_opened() {
  ++counted_.sessions_opened;
  counted_.sessions = 1;
}

void stream_protocol::count_ended() {
  ++counted_.sessions_ended;
  counted_.sessions = 0;
}

}  // namespace dgram
