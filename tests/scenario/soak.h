// SPDX-License-Identifier: MIT
// One random run: clients and a server that send each other everything there is over impaired links, with a
// ledger that checks every promise. A run is a function of its family and its seed.
#pragma once

#include <cstdint>
#include <string>

#include "tests/scenario/ledger.h"
#include "udp/sim/link_options.h"

namespace dgram::test {

struct family {
  std::string name;
  sim::link_options link;
  circumstances what;
  bool narrow = false;       // rates from 0.5 to 50 Mbit/s with bounded queues, which change
  bool mtu_changes = false;  // 1500, 1280, 600, 1500 bytes and so on
};

struct soak_result {
  std::uint64_t trace_hash = 0;
  duration virtual_time{0};
  std::uint64_t datagrams = 0;
  tally messages;
};

// Throws broken_promise. With `chronicle`, appends what happened to it, line by line.
soak_result soak(const family&, std::uint64_t seed, std::string* chronicle = nullptr);

}  // namespace dgram::test
