// SPDX-License-Identifier: MIT
// Many members of the rooms of a running chat server, who say something one after the other: whether each
// line reaches everybody in its room once and in one order, and how long it takes.
#pragma once

#include <cstddef>
#include <cstdint>

#include "apps/bench/many_peers.h"
#include "apps/cli/latency_histogram.h"

namespace dgram::app {

struct crowd_options {
  many_peers_options peers;
  std::size_t rooms = 1;                               // with as many members each, or one less
  duration interval = std::chrono::milliseconds(100);  // between two lines of all
  duration time = std::chrono::seconds(10);
};

struct crowd_result {
  std::uint64_t lines = 0;
  std::uint64_t expected = 0;  // lines times members of the room
  std::uint64_t heard = 0;
  std::uint64_t disorder = 0;  // heard twice, or in another order than others in the room
  std::uint64_t refused = 0;   // lines that the server did not take
  latency_histogram took;      // from the speaker's send to one member; both are in this program
  latency_histogram late;      // how much later than planned a line left: this program's own doing

  bool flawless() const { return heard == expected && disorder == 0 && refused == 0; }
};

// Throws start_up_error when not everybody gets into a room.
crowd_result run_crowd(const crowd_options&);

}  // namespace dgram::app
