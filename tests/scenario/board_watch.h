// SPDX-License-Identifier: MIT
// What must be true of a switchboard's statistics at any moment, and at the end. Knows options and figures;
// not what was sent.
#pragma once

#include <cstdint>

#include "udp/core/options.h"
#include "udp/core/statistics.h"
#include "udp/core/switchboard.h"

namespace dgram::test {

class board_watch {
 public:
  // `largest`: no message is. `replies`: whether there are any, and their exceptions from the budgets.
  board_watch(const session_options&, std::uint32_t largest, bool replies);

  // Throws broken_promise when the peer's session holds more than its budgets.
  void see(const switchboard&, peer_id) const;
  // When every outcome was told and no session is left.
  static void see_end(const switchboard&, std::uint64_t outcomes);

 private:
  std::uint64_t most_to_send_;
  std::uint64_t most_to_deliver_;
};

}  // namespace dgram::test
