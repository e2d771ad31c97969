// SPDX-License-Identifier: MIT
#include "udp/core/congestion.h"

#include "udp/core/bbr.h"
#include "udp/core/new_reno.h"

namespace dgram {

std::unique_ptr<congestion_controller> make_congestion_controller(congestion_algorithm algorithm,
                                                                  std::uint64_t datagram_size,
                                                                  std::uint64_t seed, time_point now) {
  switch (algorithm) {
    case congestion_algorithm::bbr: return std::make_unique<bbr>(datagram_size, seed, now);
    case congestion_algorithm::new_reno: break;
  }
  return std::make_unique<new_reno>(datagram_size);
}

}  // namespace dgram
