// SPDX-License-Identifier: MIT
// How often may a message leave before anybody knows whether it arrived? As often as the measured loss asks
// for: along with datagrams that leave anyway, and for a thin flow, where none does, in a few datagrams of
// their own.
#pragma once

#include <cstdint>
#include <optional>

#include "udp/core/loss_meter.h"
#include "udp/core/options.h"
#include "udp/core/outbox.h"
#include "udp/core/rtt_estimator.h"
#include "udp/core/time.h"

namespace dgram {

class redundancy_control {
 public:
  explicit redundancy_control(const session_options& options)
      : setting_(options.redundancy), bytes_(options.redundancy_bytes) {}

  outbox::ride_rules rules(const loss_meter&, const rtt_estimator&) const;
  // Copies that ride along now, for statistics.
  unsigned copies(const loss_meter&) const;

  // A datagram left. `fresh`, `repeats`: it held new messages, or lost ones; `more`: others follow it at
  // once.
  struct departure {
    bool fresh = false, repeats = false, more = false;
  };
  void sent(const departure&, bool losses_seen, const loss_meter&, const rtt_estimator&, time_point now);
  // When a datagram of ride-alongs alone is due, because nothing else left until then.
  std::optional<time_point> next_copy() const { return next_copy_; }
  // It left, or there was nothing to ride.
  void copied(bool any, const rtt_estimator&, time_point now);

 private:
  static duration spacing(const rtt_estimator&);
  // What new messages of a thin flow allow for, and their repetitions use up, in tenths of a datagram.
  static constexpr int message_worth = 19, datagram_price = 10, most_saved = 40;

  redundancy setting_;
  std::size_t bytes_;
  duration interval_{0};  // mean time between datagrams with new messages; 0: unknown
  time_point last_{};
  std::uint32_t copies_left_ = 0;
  int saved_ = most_saved;
  std::optional<time_point> next_copy_;
};

}  // namespace dgram
