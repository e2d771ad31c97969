// SPDX-License-Identifier: MIT
// Both ends of one contender in virtual time. Knows no links: datagrams go out through a function.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>

#include "apps/compare/contenders.h"
#include "apps/impairment/impairment.h"
#include "udp/core/time.h"

namespace dgram::app::compare {

class simulated_ends {
 public:
  using wire = std::function<void(side from, std::span<const std::byte> datagram)>;
  // A message came to the receiving program; or, of a request, its reply to the sending one.
  using receiver = std::function<void(std::span<const std::byte> message, time_point now)>;

  static std::unique_ptr<simulated_ends> make(const entrant&, bool with_reply, std::uint64_t seed,
                                              time_point now, receiver);
  virtual ~simulated_ends() = default;

  // False: no room, try again later.
  virtual bool send(std::span<const std::byte> message, time_point now) = 0;
  virtual void receive(side at, std::span<const std::byte> datagram, time_point now) = 0;
  virtual void wake(time_point now) = 0;
  virtual void flush(time_point now, const wire&) = 0;
  virtual std::optional<time_point> next_event() const = 0;
  // Messages sent that have no outcome yet.
  virtual std::size_t outstanding() const = 0;
  virtual std::uint64_t retransmissions() = 0;
};

}  // namespace dgram::app::compare
