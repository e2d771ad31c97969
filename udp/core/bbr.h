// SPDX-License-Identifier: MIT
// The default controller: sends at the rate the path was seen to deliver, with about a round trip of it in
// flight. BBR version 1 (Cardwell et al., ACM Queue 14(5), 2016;
// draft-cardwell-iccrg-bbr-congestion-control-00), with deviations; each is named, with its reason, where it
// is made. Knows bytes and times.
#pragma once

#include "udp/core/capacity_drop.h"
#include "udp/core/congestion.h"
#include "udp/core/queue_share.h"
#include "udp/core/random_loss.h"
#include "udp/core/windowed_extreme.h"

namespace dgram {

class bbr final : public congestion_controller {
 public:
  bbr(std::uint64_t datagram_size, std::uint64_t seed, time_point now);

  void sent(time_point, std::uint64_t, std::uint64_t) override {}
  void acknowledged(const acknowledgement&) override;
  // From the third probe on only a few datagrams, until something is acknowledged; the model is kept.
  void silent(std::uint32_t probes) override;
  void spurious_loss(time_point, std::uint64_t bytes) override { losses_.spurious(bytes); }
  void datagram_size(std::uint64_t bytes) override;

  std::uint64_t window() const override { return silent_ ? least_window() : window_; }
  std::uint64_t pacing_rate() const override { return pacing_rate_; }

 private:
  enum class phase : std::uint8_t { startup, drain, probe_bandwidth, probe_round_trip };

  // The model, from acknowledgements.
  void count_round(const acknowledgement&);
  void measure_trip(const acknowledgement&);
  void measure_bandwidth(const acknowledgement&);
  void measure_ack_burst(const acknowledgement&);
  void measure_loss(const acknowledgement&);
  bool queued(duration round_trip) const;

  // What to do with it.
  void look_for_drop(const acknowledgement&);
  void advance_phase(const acknowledgement&);
  void start_up();
  void look_for_full_pipe(const acknowledgement&);
  void look_for_first_queue(const acknowledgement&);
  void enter_probe_bandwidth(const acknowledgement&);
  void advance_cycle(const acknowledgement&);
  void start_step(std::uint8_t step, const acknowledgement&);
  void look_for_longer_path(const acknowledgement&);
  void look_for_stale_trip(const acknowledgement&);
  void probe_trip(const acknowledgement&);
  void enter_probe_trip();
  void heed_overflow(const acknowledgement&);
  void settle(time_point now);
  void settle_window(time_point now);

  std::uint64_t least_window() const { return 4 * datagram_; }
  duration time_of(std::uint64_t bytes) const;                // to deliver them
  std::uint64_t send_rate() const;                            // what must leave so that `bandwidth` arrives
  std::uint64_t product(std::uint64_t gain_per_mille) const;  // send_rate * trip_ * gain

  std::uint64_t datagram_;
  phase phase_ = phase::startup;
  bool silent_ = false;
  std::uint64_t window_;
  std::uint64_t pacing_rate_ = 0;

  // Rounds: a packet that left after the round began was acknowledged.
  std::uint64_t round_ = 0;
  std::uint64_t round_ends_at_ = 0;  // bytes delivered
  bool round_started_ = false;
  duration round_least_;  // least round trip of the running round
  duration last_round_least_ = duration::max();
  bool limited_in_round_ = false, limited_last_round_ = true;  // the application was the limit
  bool queue_seen_ = false;

  windowed_max<std::uint64_t, std::uint64_t> bandwidth_;  // bytes per second, over rounds
  windowed_max<std::uint64_t, std::uint64_t> ack_burst_;  // bytes acknowledged ahead of the rate, over rounds
  time_point burst_since_{};
  std::uint64_t burst_bytes_ = 0;
  duration trip_{0};  // least round trip; 0 before any
  // Least round trip of the last eight samples, in blocks: jitter does not look like a queue then.
  duration recent_least_ = duration::max(), sample_least_ = duration::max();
  std::uint8_t samples_ = 0;
  bool new_block_ = false;
  time_point trip_seen_{};  // when something close to it was measured last
  random_loss losses_;
  std::uint64_t calm_from_ = 0, calm_until_ = 0;  // bytes delivered when slow sending began and ended
  bool calm_ = false;

  // Startup.
  std::uint64_t full_bandwidth_ = 0;
  std::uint8_t rounds_without_growth_ = 0;
  bool pipe_full_ = false;
  bool holding_ = false;  // a queue was seen: one round at the rate that is known
  std::uint64_t hold_round_ = 0;

  // Cycle of gains.
  std::uint8_t step_;
  time_point step_since_{};
  std::uint64_t pacing_gain_, window_gain_;  // per mille

  // Probing the round trip.
  std::optional<time_point> probe_until_;
  time_point probed_at_{};
  std::uint8_t vain_drains_ = 0;
  std::uint64_t probe_round_ = 0;
  duration probe_least_ = duration::max();

  capacity_drop drop_;
  std::uint64_t believe_from_ = 0;  // samples of packets that left with less delivered are from before a drop
  bool after_drop_ = false;

  queue_share share_;           // of what is in flight, once a queue overflowed
  time_point heed_from_{};      // what left before is startup's own doing
  std::uint64_t next_cut_ = 0;  // bytes delivered before which one sign of overflow is enough
};

}  // namespace dgram
