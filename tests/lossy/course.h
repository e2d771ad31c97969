// SPDX-License-Identifier: MIT
// One run of the lossy suite: a first request, a steady stream of messages both ways in all four modes with
// requests among them, while the link does what the case says; then single requests, each alone on the link.
// Every promise of the message layer is checked on the way; what was measured is returned. Knows no
// transport.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "tests/lossy/ends.h"
#include "tests/scenario/ledger.h"
#include "udp/sim/link_options.h"

namespace dgram::test {

// From `at` on, counted from the first message of the stream, the link from that side is another.
struct link_change {
  duration at;
  side from;
  sim::link_options link;
};

// The server's program takes nothing in that time.
struct program_pause {
  duration from;
  duration until;
};

struct course {
  sim::link_options forth{.delay = std::chrono::milliseconds(20)};
  sim::link_options back{.delay = std::chrono::milliseconds(20)};
  std::vector<link_change> changes{};
  std::optional<program_pause> server_pause{};
  std::vector<duration> breaks{};  // of the connection, where there is one
  stream_pipe_options pipe{};

  duration stream = std::chrono::seconds(20);
  duration client_every = std::chrono::milliseconds(20);
  duration server_every = std::chrono::milliseconds(40);
  std::uint32_t at_once = 1;    // the client's messages come by so many at the same moment
  std::uint32_t small = 64;     // bytes
  std::uint32_t large = 900;    // bytes
  std::uint32_t large_in = 25;  // one message in so many is large
  // One in so many must be there within `short_deadline`; the others have 60 s, large ones `large_deadline`.
  std::uint32_t short_in = 7;
  duration short_deadline = std::chrono::milliseconds(150);
  duration large_deadline = std::chrono::seconds(60);
  std::uint32_t single_requests = 30;
};

enum class part : std::uint8_t { first, stream, single };

// What became of one message.
struct record {
  part when_in = part::stream;
  side from = side::client;
  send_options how{};
  std::uint32_t size = 0;
  time_point sent{};
  std::optional<time_point> arrived{};
  std::optional<time_point> resolved{};
  outcome result{};

  bool resent() const { return how.mode == delivery_mode::reliable || how.mode == delivery_mode::ordered; }
  bool patient() const { return how.deadline >= std::chrono::seconds(60); }
};

struct course_result {
  std::vector<record> records;
  time_point stream_began{};
  tally messages;
  std::uint64_t would_block = 0;  // sends that were not taken
  std::uint64_t offered = 0;      // packets or segments, both ways
  std::uint64_t damaged = 0;      // of these arrivals, copies included
  std::uint64_t damage_found = 0;
};

// Throws broken_promise.
course_result run(const course&, transport, std::uint64_t seed);

}  // namespace dgram::test
