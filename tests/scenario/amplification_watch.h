// SPDX-License-Identifier: MIT
// Watches the wire for the rule of RFC 9000 section 8: an address that cannot have echoed anything yet is
// sent at most three times what it sent. Reads nothing of a datagram but its session id.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <tuple>

#include "udp/sim/simulator.h"

namespace dgram::test {

class amplification_watch {
 public:
  explicit amplification_watch(sim::host_id responder) : responder_(responder) {}

  // Throws broken_promise at the datagram that is one too many. `incarnation` is the responder's.
  void see(const sim::wire_event&, std::uint32_t incarnation);

 private:
  struct exchange {
    std::uint64_t received = 0;
    std::uint64_t sent = 0;
    // The initiator may have echoed a token in its datagrams from this one on.
    std::optional<std::uint64_t> may_echo_from{};
    bool may_be_validated = false;
  };
  // Incarnation, initiator, session.
  using exchange_key = std::tuple<std::uint32_t, std::uint32_t, std::uint64_t>;

  sim::host_id responder_;
  std::map<exchange_key, exchange> exchanges_;
  std::map<std::uint32_t, std::uint64_t> offered_;  // datagrams of each initiator
};

}  // namespace dgram::test
