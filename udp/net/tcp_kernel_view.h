// SPDX-License-Identifier: MIT
// What the kernel says of one of its TCP connections (TCP_INFO). Linux only; elsewhere there is nothing to be
// had, and the result says so.
#pragma once

#include <cstdint>
#include <optional>

#include "udp/core/time.h"

namespace dgram {

struct tcp_kernel_view {
  std::uint64_t retransmissions = 0;  // segments sent again, SYNs included
  duration smoothed_round_trip{0};
  std::uint32_t congestion_window = 0;  // segments
};

std::optional<tcp_kernel_view> tcp_kernel_view_of(int descriptor);

}  // namespace dgram
