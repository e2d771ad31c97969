// SPDX-License-Identifier: MIT
// May a datagram leave now? The congestion controller's window and the pacer, put together, and the little
// that small messages may take in advance. Knows packets by size and time, not what they carry.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>

#include "udp/core/congestion.h"
#include "udp/core/delivery_rate.h"
#include "udp/core/flight.h"
#include "udp/core/pacer.h"
#include "udp/core/rtt_estimator.h"
#include "udp/core/time.h"

namespace dgram {

class send_allowance {
 public:
  send_allowance(congestion_algorithm, std::uint64_t seed, time_point now);

  // For bulk: within the window, at the pace.
  bool open(std::uint64_t in_flight, time_point now) const;
  // Small messages do not wait for the pacer, nor, a few of them, for the window: at most 10 datagrams ahead
  // of both in a round trip.
  bool open_for_small(std::uint64_t in_flight, time_point now) const;
  // When the pacer opens again; nullopt while it is not what keeps it shut.
  std::optional<time_point> opens_at(std::uint64_t in_flight, time_point now) const;
  // Something had to wait, or nothing had to: tells the controller whether the window was the limit.
  void held_back() { window_limited_ = true; }
  void nothing_to_send(std::uint64_t in_flight);

  // A datagram leaves; `in_flight`: bytes before it. `asks_ack`: it will be in flight itself.
  delivery_snapshot sent(std::size_t bytes, bool asks_ack, std::uint64_t in_flight, const rtt_estimator&,
                         time_point now);

  // What one acknowledgement, or a timer, brought: each packet, then `settle`.
  void delivered(const sent_packet&, time_point now);
  void lost(const sent_packet&);
  void settle(std::uint64_t in_flight, const rtt_estimator&, std::optional<duration> measured, bool marked,
              time_point now);
  void silent(std::uint32_t probes) { controller_->silent(probes); }
  void spurious(const sent_packet& p, time_point now) { controller_->spurious_loss(now, p.bytes); }
  void datagram_size(std::size_t bytes) { controller_->datagram_size(bytes); }

  std::uint64_t window() const { return controller_->window(); }
  std::uint64_t pacing_rate() const { return controller_->pacing_rate(); }

 private:
  std::unique_ptr<congestion_controller> controller_;
  delivery_rate rate_;
  pacer pacer_;
  congestion_controller::acknowledgement pending_;  // gathered until settle
  bool window_limited_ = false;
  std::uint32_t ahead_ = 0;  // datagrams that went ahead since ahead_since_
  time_point ahead_since_{};
};

}  // namespace dgram
