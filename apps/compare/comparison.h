// SPDX-License-Identifier: MIT
// What a comparison measured, as plain data: what runs produce, what tables, JSON, CSV and the report are
// made of. Knows neither how it was measured nor how it is shown.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "udp/core/time.h"

namespace dgram::app::compare {

// One message of one run. Times count from the first intended send of the run.
struct sample {
  std::uint64_t number = 0;
  bool warm_up = false;  // sent before the measured time began: in no figure
  duration intended{0};  // when it should have been sent
  // From the intended send to delivery (telemetry, chat, bulk) or to the reply (request). Nothing: had not
  // come when the run ended; then it took longer than `waited`.
  std::optional<duration> latency;
  duration waited{0};

  bool operator==(const sample&) const = default;
};

// What crossed the link in one direction in one run, as the link counted it: IP packets and their bytes (in
// --sim UDP payload + 28).
struct wire_counts {
  std::uint64_t packets = 0;
  std::uint64_t bytes = 0;
  std::uint64_t lost = 0;  // for whatever cause
  std::uint64_t largest = 0;

  bool operator==(const wire_counts&) const = default;
};

struct loss_mark {
  duration when{0};
  bool up = true;

  bool operator==(const loss_mark&) const = default;
};

// While it lasted the machine stood still: what was under way then came late through no fault of its
// contender's.
struct stall {
  duration from{0};
  duration until{0};

  bool operator==(const stall&) const = default;
};

// One contender, once.
struct run {
  std::uint32_t repetition = 0;
  std::uint64_t seed = 0;
  std::string failure;  // why there are no samples; else empty
  std::vector<sample> samples;
  wire_counts up, down;
  std::vector<loss_mark> losses;
  std::vector<stall> stalls;
  std::uint64_t duplicates = 0;           // messages that reached the receiving program again
  std::uint64_t reordered = 0;            // messages that arrived after one with a higher number
  std::uint64_t retransmissions = 0;      // TCP: segments (TCP_INFO); UDP: copies of messages
  std::uint64_t rides = 0;                // of these, by redundancy, before a loss was known
  std::uint64_t beside_bytes = 0;         // carried meanwhile by the TCP connection beside
  duration up_queue{0};                   // mean wait of a packet in the up link's queue
  duration cpu{0};                        // of both ends, system time included; zero in --sim
  std::optional<duration> first_message;  // from nothing (no socket yet) to the first message delivered
  duration lateness_p99{0};               // of the link itself: how late it forwarded
  duration send_lateness_p99{0};          // of the sender: how late it was with its own schedule
  duration length{0};                     // from the first intended send to the last arrival

  bool operator==(const run&) const = default;
};

// Whether a message was under way while the machine stood still. One that never came is not: no stall loses
// anything.
inline bool stalled(const sample& s, const run& of) {
  for (const stall& t : of.stalls) {
    if (s.latency && s.intended < t.until && s.intended + *s.latency > t.from) return true;
  }
  return false;
}

// A figure over repetitions, with its 95 % bootstrap interval. Infinite durations are +inf.
struct estimate {
  double value = 0;
  double low = 0;
  double high = 0;

  bool operator==(const estimate&) const = default;
};

struct contender {
  std::string name;   // "tcp-cubic"
  std::string label;  // "TCP cubic"
  std::vector<run> runs;
  // By name, in the units the name says: delivered (share), p50_ms, p90_ms, p99_ms, p999_ms, max_ms, in_time
  // (share within the deadline), goodput_kbps, packets_per_message, bytes_per_message, duplicates, reordered,
  // retransmissions, cpu_us (per message), first_ms, left_out (messages a run that the machine delayed: in no
  // percentile, nor in max_ms and in_time), spurious_share (repeated though no packet was lost, of the
  // packets up, redundancy not counted), up_packets_per_message and down_packets_per_message,
  // copies_per_message (its first included; of requests and replies together), fair_share (of what is half,
  // beside a TCP connection), queue_ms (mean, up).
  std::map<std::string, estimate> figures;

  bool operator==(const contender&) const = default;
};

// One setting of the link and the workload; without --sweep there is only one.
struct point {
  std::vector<std::pair<std::string, std::string>> swept;  // {"loss", "5%"}
  std::string link;                                        // "20 ms each way, 5 % loss"
  std::vector<contender> contenders;
  // One paragraph a lay reader understands.
  std::string verdict;
  // What the machine or the link did that a reader must know ("the link forwarded 2 ms late (p99)").
  std::vector<std::string> warnings;

  bool operator==(const point&) const = default;
};

struct comparison {
  std::string command;  // repeats it, the seed included
  std::string version;
  std::uint64_t seed = 0;
  bool simulated = false;
  std::string workload;  // "telemetry"
  std::string schedule;  // "200 messages/s of 64 B for 3 s after 0.5 s of warm-up, 5 repetitions"
  duration deadline{0};  // of in_time
  std::vector<std::pair<std::string, std::string>> environment;  // {"kernel", "6.1.0"}
  std::vector<point> points;

  bool operator==(const comparison&) const = default;
};

}  // namespace dgram::app::compare
