// SPDX-License-Identifier: MIT
// What one direction of a link does to the datagrams that cross it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "udp/core/time.h"

namespace dgram::sim {

struct packet_fate;

// Datagrams offered in [from, until) are lost; those already under way arrive.
struct outage {
  time_point from;
  time_point until;
};

// Two states, a transition before each packet: good to bad with p, bad to good with r. A packet is lost with
// 1-k in the good state and 1-h in the bad one, as netem's `gemodel p r 1-h 1-k` has it (Gilbert 1960,
// Elliott 1963). All in [0, 1].
struct gilbert_elliott {
  double p = 0;
  double r = 1;
  double loss_in_bad = 1;
  double loss_in_good = 0;
};

// Alternately up and down, from the link's start. `random`: both are means of exponential draws; when they
// are less than 1 ms together, they are stretched to it.
struct on_off {
  duration up{0};    // > 0
  duration down{0};  // > 0
  bool random = false;
};

enum class jitter_shape : std::uint8_t { uniform, normal, pareto };

// What may wait for the bottleneck; whatever is set holds, and 1000 packets (netem's default) when nothing
// is. The packet being sent counts too.
struct queue_limit {
  static constexpr std::size_t default_packets = 1000;

  std::optional<std::size_t> packets{};
  std::optional<std::size_t> bytes{};
  std::optional<duration> time{};  // how long the newest would have to wait (with a trace: until it has left)
};

// Probabilities are in [0, 1], durations not negative.
struct link_options {
  duration delay{0};
  // Adds a draw whose scale this is (udp/sim/jitter.h has the shapes). A datagram never overtakes another
  // because of it, unless asked.
  duration jitter{0};
  jitter_shape shape = jitter_shape::uniform;
  bool jitter_reorders = false;

  // At most one of the three: independent loss; the same share in runs of that mean length (> 1), independent
  // where there are no such runs (chain_for in udp/sim/loss_process.h says so); the chain.
  double loss = 0;
  double mean_burst = 0;
  std::optional<gilbert_elliott> chain{};
  // Besides: these packets, counted from 0, ascending.
  std::vector<std::uint64_t> lose_indices{};

  double duplicate = 0;  // a second copy, with jitter, reordering and damage of its own
  double corrupt = 0;    // flips 1 to 8 bits

  // With this probability a datagram is held back, and others overtake it: by a further [reorder_least,
  // reorder_most], or until that many later ones have passed it (reorder_distance > 0). It overtakes nobody
  // itself, unless both are 0: then it leaves at its own time, whoever is before it.
  double reorder = 0;
  duration reorder_least{0};
  duration reorder_most{0};
  std::uint32_t reorder_distance = 0;

  // Bytes per second through the bottleneck; 0: no bottleneck.
  double rate = 0;
  // Or delivery opportunities of 1500 bytes, each at so many ms from the start, as mahimahi's traces have
  // them; over again from the end.
  std::shared_ptr<const std::vector<std::uint32_t>> delivery_trace{};
  queue_limit queue{};
  // Datagrams that are capable of it are marked when they wait longer than this for those before them (ECN's
  // CE, RFC 3168); not set: never. The others just wait.
  std::optional<duration> ecn_threshold{};

  // A larger packet vanishes; 0: none does.
  std::size_t mtu = 0;
  // Bytes that a packet on the link has beyond the datagram that is pushed, such as its IP and UDP headers:
  // rate, queue and MTU count them.
  std::size_t overhead = 0;

  std::vector<outage> outages{};
  std::optional<on_off> fades{};

  // Instead of all of the above: what a recording says of packet 0, 1, 2, ...; from the beginning again past
  // its end.
  std::shared_ptr<const std::vector<packet_fate>> replay{};

  // Datagrams under way at most, copies included; one that finds no room is dropped and counted.
  std::size_t limit = 10000;
};

}  // namespace dgram::sim
