// SPDX-License-Identifier: MIT
// What one direction of a link does to the datagrams that cross it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "udp/core/time.h"

namespace dgram::sim {

// Datagrams offered in [from, until) are lost; those already under way arrive.
struct outage {
  time_point from;
  time_point until;
};

// Probabilities are in [0, 1], durations not negative.
struct link_options {
  duration delay{0};
  // Adds a uniform draw from [0, jitter]. A datagram never overtakes another because of it, unless asked.
  duration jitter{0};
  bool jitter_reorders = false;

  double loss = 0;       // each datagram for itself
  double duplicate = 0;  // a second copy, with jitter, reordering and damage of its own
  double corrupt = 0;    // flips 1 to 8 bits

  // With this probability a datagram is held back by a further [reorder_least, reorder_most], and others
  // overtake it.
  double reorder = 0;
  duration reorder_least{0};
  duration reorder_most{0};

  std::vector<outage> outages{};
  // Datagrams under way at most, copies included; one that finds no room is dropped and counted.
  std::size_t limit = 10000;
};

}  // namespace dgram::sim
