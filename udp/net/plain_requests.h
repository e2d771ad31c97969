// SPDX-License-Identifier: MIT
// Requests to a server that knows no request ids: the oldest that waits is answered first, for there is
// nothing else to go by. Knows no sockets, no clock.
//
// A lost or repeated datagram can therefore move a reply to the wrong request when several wait: ask one at a
// time where that matters. Bounded: beyond `most` waiting requests there is no room for another.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <utility>
#include <vector>

#include "udp/core/ids.h"
#include "udp/core/message.h"
#include "udp/core/time.h"

namespace dgram {

class plain_requests {
 public:
  struct resolution {
    dgram::ticket ticket;
    delivery_report report;
  };

  plain_requests(std::size_t most, duration first_timeout) : most_(most), first_timeout_(first_timeout) {}

  bool full() const { return waiting_.size() >= most_; }
  // The request was sent once. It is sent up to options.max_tries times in all; 0 means once.
  void add(std::span<const std::byte> bytes, const send_options&, ticket, time_point now);
  // A datagram came: the oldest request has its answer. nullopt when none waits.
  std::optional<resolution> answered(time_point now);
  // The next request that gave up.
  std::optional<resolution> take_expired(time_point now);
  // The bytes to send once more, valid until the next call; nullopt when no more are due.
  std::optional<std::span<const std::byte>> next_resend(time_point now);
  std::optional<resolution> take_any(outcome, time_point now);
  std::optional<time_point> next_timeout() const;

 private:
  using number = std::uint64_t;  // in the order of sending
  struct request {
    dgram::ticket ticket;
    std::vector<std::byte> bytes;  // kept only while it may be sent again
    std::uint16_t tries = 1;
    std::uint16_t most_tries = 1;
    duration timeout{0};
    time_point sent{};
    time_point deadline{};
    time_point due{};
  };

  resolution take(std::map<number, request>::iterator, outcome, time_point now);
  void schedule(number, request&, time_point now);

  std::size_t most_;
  duration first_timeout_;
  number last_ = 0;
  std::map<number, request> waiting_;
  std::set<std::pair<time_point, number>> due_;
};

}  // namespace dgram
