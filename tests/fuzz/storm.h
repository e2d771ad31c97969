// SPDX-License-Identifier: MIT
// An honest client and server that go on exchanging messages while everything that turns up at an open port
// is thrown at both: noise, other protocols, made-up sessions, replays, damaged datagrams, and a peer whose
// every datagram is changed behind a valid checksum.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "tests/fuzz/discard_audit.h"
#include "tests/fuzz/mutation.h"
#include "udp/core/switchboard.h"

namespace dgram::fuzz {

class storm {
 public:
  explicit storm(std::uint64_t seed);

  // Throws one hostile datagram; now and then the honest messages of a turn go on.
  void throw_one();
  // Everything honest must have arrived exactly once, and all counts must close.
  void finish();

  struct report {
    std::uint64_t thrown = 0, decoded = 0;
    std::uint64_t honest_sent = 0, honest_arrived = 0, honest_answered = 0;
    std::uint64_t forged_arrived = 0;
    discard_audit audit;  // of all three ends
    statistics server, honest, forged;
  };
  report results() const;

 private:
  enum party : std::size_t { server, honest, forged, parties };
  struct end {
    explicit end(std::uint16_t port, const switchboard_options&, std::uint64_t seed, time_point now);
    end(const end&) = delete;
    address at;
    switchboard board;
    discard_audit audit;
    std::vector<datagram> heard_of;  // what it sent lately, for whoever listens
    std::size_t next_heard = 0;
  };

  void deliver(party to, const datagram&, const address& from);
  void take_events(party);
  void on_server(const message_arrived&);
  void turn();
  void exchange();
  bool carry(party from);
  void note(end&, std::span<const std::byte>);
  const datagram& overheard(party);
  address anywhere();
  void changed_by_insider();
  void damaged_on_the_way();

  std::uint64_t random_;
  time_point now_;
  std::array<end, parties> ends_;
  std::vector<std::uint8_t> arrived_;  // by number of the honest message
  std::vector<std::uint8_t> resolved_;
  report counts_;
};

}  // namespace dgram::fuzz
