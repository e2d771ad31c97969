// SPDX-License-Identifier: MIT
// What may be seen and asked of a running server as a whole: by a person at its console, and by what shows or
// publishes its figures.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "udp/core/statistics.h"
#include "udp/core/time.h"

namespace dgram::app {

struct server_totals {
  bool udp = false;
  bool tcp = false;
  std::uint64_t peers = 0;  // that ever were
  std::uint64_t messages = 0;
  std::uint64_t answered = 0;  // replies that were taken for sending
  std::uint64_t unsent = 0;    // replies that were not
  std::uint64_t lost = 0;      // messages to clients, unasked for, that were not delivered
  duration running{0};
  dgram::statistics statistics;  // of all transports
  dgram::statistics over_udp;
  dgram::statistics over_tcp;
};

// One peer that is here.
struct peer_figures {
  std::uint64_t number = 0;  // as the log has it
  std::string transport;     // "UDP", "TCP"
  std::string address;       // with the port
  std::string name;          // empty: has none
  bool plain = false;
  std::uint64_t messages = 0;  // from it
  duration here{0};            // since its first message
  duration idle{0};            // since its last one
  dgram::statistics statistics;
};

class server_control {
 public:
  virtual ~server_control() = default;

  virtual server_totals totals() const = 0;
  // Who is here now, in the order of their numbers: as many as `most` from the oldest on. Costs some
  // microseconds for each.
  virtual std::vector<peer_figures> peers(std::size_t most = SIZE_MAX) const = 0;
  virtual std::size_t peer_count() const = 0;
  // While false nobody new is taken; whoever is here goes on.
  virtual void accept_clients(bool) = 0;
  virtual bool accepts_clients() const = 0;
  // Ends the program as a first SIGTERM would, but with exit code 0. Returns at once.
  virtual void quit() = 0;
};

}  // namespace dgram::app
