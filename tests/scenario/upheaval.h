// SPDX-License-Identifier: MIT
// What happens to the links and addresses under a run: rates and MTUs that change, clients that get another
// address, and an end to all of it. Knows no messages.
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "tests/scenario/workload.h"
#include "udp/sim/simulator.h"

namespace dgram::test {

class upheaval {
 public:
  upheaval(sim::simulator& net, workload& work) : net_(net), work_(work) {}

  // One way gets another rate; its queue stays.
  void change_rate(sim::host_id from, sim::host_id to);
  // Both ways carry less, or more again: 1500, 1280, 600, 1500, ... bytes with 28 of headers.
  void change_mtu(sim::host_id a, sim::host_id b);
  // Another port, or another network.
  void move(sim::host_id);

  // Who has, or ever had, that address.
  std::uint32_t host_at(const address&) const;

 private:
  void set_mtu(sim::host_id from, sim::host_id to, std::size_t);

  sim::simulator& net_;
  workload& work_;
  std::size_t mtu_ = 0;                                    // index of the one that holds
  std::vector<std::pair<address, std::uint32_t>> former_;  // addresses
};

}  // namespace dgram::test
