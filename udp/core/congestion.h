// SPDX-License-Identifier: MIT
// How much may be in flight, and how fast may it leave? The interface of the congestion controllers; which
// one a session uses is an option. Knows bytes and times; what the packets carry is somebody else's question.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include "udp/core/delivery_rate.h"
#include "udp/core/time.h"

namespace dgram {

enum class congestion_algorithm : std::uint8_t {
  bbr,       // model of bandwidth and least round trip: holds the link at random loss
  new_reno,  // the conservative one: any loss halves the window (RFC 9002 section 7)
};

class congestion_controller {
 public:
  // What one acknowledgement said.
  struct acknowledgement {
    time_point now{};
    std::uint64_t acked_bytes = 0;       // newly acknowledged, 0 when it only marked losses
    std::uint64_t lost_bytes = 0;        // declared lost since the last call
    time_point newest_lost_sent{};       // when lost_bytes > 0: when the newest of the lost packets was sent
    std::uint64_t in_flight = 0;         // bytes, after both
    std::uint64_t delivered = 0;         // bytes in all
    std::optional<duration> round_trip;  // measured now, as it was
    duration least_round_trip{0};        // of the session so far; 0 before any sample
    std::optional<rate_sample> rate;
    bool congestion_marked = false;  // ECN: more CE marks were reported
    bool window_limited = false;     // the window, or its pacing, held something back since the last call
  };

  virtual ~congestion_controller() = default;
  virtual void sent(time_point now, std::uint64_t bytes, std::uint64_t in_flight_before) = 0;
  virtual void acknowledged(const acknowledgement&) = 0;
  // Nothing was heard for `probes` probe timeouts in a row (RFC 9002 section 7.6: persistent congestion).
  virtual void silent(std::uint32_t probes) = 0;
  // A loss that was reported turned out to be none.
  virtual void spurious_loss(time_point now, std::uint64_t bytes) = 0;
  // A datagram on this path now carries so many bytes.
  virtual void datagram_size(std::uint64_t bytes) = 0;

  // Bytes in flight at most; at least 2 datagrams.
  virtual std::uint64_t window() const = 0;
  // Bytes per second; 0 before anything is known: then as fast as the window allows.
  virtual std::uint64_t pacing_rate() const = 0;

 protected:
  congestion_controller() = default;
  congestion_controller(const congestion_controller&) = default;
  congestion_controller& operator=(const congestion_controller&) = default;
};

// `seed` decides nothing but in which phase a controller's cycle begins.
std::unique_ptr<congestion_controller> make_congestion_controller(congestion_algorithm,
                                                                  std::uint64_t datagram_size,
                                                                  std::uint64_t seed, time_point now);

}  // namespace dgram
