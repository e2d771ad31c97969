// SPDX-License-Identifier: MIT
#include "udp/core/bbr.h"

#include <algorithm>
#include <array>

#include "udp/core/congestion_limits.h"

namespace dgram {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr std::uint64_t initial_datagrams = 32;
constexpr std::uint64_t high_gain = 2885;  // per mille: 2 / ln 2, the least that doubles each round
constexpr std::uint64_t drain_gain = 347;  // its inverse
constexpr std::uint64_t even = 1000;
constexpr std::uint64_t cruise_window = 2000;
constexpr std::uint64_t gentle_window = 1250;
constexpr std::array<std::uint64_t, 8> cycle{1250, 750, 1000, 1000, 1000, 1000, 1000, 1000};
constexpr int longest_drain = 4;             // least round trips
constexpr std::uint64_t share_floor = 1250;  // per mille of what the path holds: random loss costs no more
constexpr std::uint64_t keep_at_overflow = 850;  // per mille of what is in flight
constexpr std::uint64_t bandwidth_rounds = 10;
constexpr std::uint8_t full_pipe_rounds = 3;
constexpr duration trip_lasts = seconds(10);
constexpr duration suspicion = seconds(2);
constexpr duration trip_probe = milliseconds(200);
constexpr duration longest_ack_burst = milliseconds(10);
constexpr duration slowest_datagram = milliseconds(100);
constexpr duration never = duration::max();

std::uint64_t in(duration t, std::uint64_t bytes_per_second) {
  const auto us = static_cast<std::uint64_t>(std::min<duration>(t, std::chrono::hours(1)).count() / 1000);
  return bytes_per_second * us / 1'000'000;  // 2^31 bytes per second, 2^32 us: fits
}

}  // namespace

bbr::bbr(std::uint64_t datagram_size, std::uint64_t seed, time_point now)
    : datagram_(datagram_size),
      window_(initial_datagrams * datagram_size),
      bandwidth_(bandwidth_rounds),
      ack_burst_(bandwidth_rounds),
      trip_seen_(now),
      // The cycle begins anywhere but in the step that drains what was not added.
      step_(static_cast<std::uint8_t>(seed % (cycle.size() - 1))),
      pacing_gain_(high_gain),
      window_gain_(high_gain) {
  if (step_ >= 1) ++step_;
}

void bbr::acknowledged(const acknowledgement& a) {
  if (a.acked_bytes > 0) silent_ = false;
  count_round(a);
  measure_trip(a);
  measure_bandwidth(a);
  measure_ack_burst(a);
  measure_loss(a);
  look_for_drop(a);
  advance_phase(a);
  heed_overflow(a);
  settle(a.now);
}

void bbr::silent(std::uint32_t probes) {
  if (probes >= 3) silent_ = true;
  drop_.restart();
}

void bbr::datagram_size(std::uint64_t bytes) {
  if (bytes == datagram_) return;
  datagram_ = bytes;  // the next acknowledgement settles the window with it
}

void bbr::count_round(const acknowledgement& a) {
  round_started_ = false;
  if (!a.rate) return;
  if (a.rate->application_limited) limited_in_round_ = true;
  if (a.rate->delivered_before < round_ends_at_) return;
  round_ends_at_ = a.delivered;
  ++round_;
  round_started_ = true;
  last_round_least_ = std::exchange(round_least_, never);
  limited_last_round_ = std::exchange(limited_in_round_, false);
  if (last_round_least_ <= trip_ * 5 / 4) queue_seen_ = false;
}

void bbr::measure_trip(const acknowledgement& a) {
  new_block_ = false;
  if (!a.round_trip) return;
  const duration t = std::max(*a.round_trip, least_trip);
  sample_least_ = std::min(sample_least_, t);
  new_block_ = ++samples_ == 8;
  if (new_block_) {
    recent_least_ = std::exchange(sample_least_, never);
    samples_ = 0;
  }
  round_least_ = std::min(round_least_, t);
  probe_least_ = std::min(probe_least_, t);
  // Deviation: a sample within a sixteenth of the least says that it still holds. The draft waits for one
  // that is not above it at all, and so slows down every 10 s even where each drain of the cycle empties the
  // queue.
  if (trip_ == duration{0} || t <= trip_ + trip_ / 16) trip_seen_ = a.now;
  if (trip_ == duration{0} || t < trip_) trip_ = t;
}

void bbr::measure_bandwidth(const acknowledgement& a) {
  if (!a.rate || a.rate->delivered_before < believe_from_) return;
  const std::uint64_t rate = std::min(a.rate->bytes_per_second, most_pacing_rate);
  if (a.rate->application_limited && rate < bandwidth_.best()) return;
  bandwidth_.update(rate, round_);
}

// Acknowledgements that come in lumps leave a hole in which nothing new could be sent; the window allows for
// them (as in draft-cardwell-iccrg-bbr-congestion-control-02 section 4.5.5).
void bbr::measure_ack_burst(const acknowledgement& a) {
  if (a.acked_bytes == 0) return;
  const std::uint64_t expected = in(a.now - burst_since_, bandwidth_.best());
  if (burst_bytes_ <= expected) {
    burst_since_ = a.now;
    burst_bytes_ = a.acked_bytes;
    return;
  }
  burst_bytes_ += a.acked_bytes;
  const std::uint64_t bound = in(longest_ack_burst, bandwidth_.best());
  ack_burst_.update(std::min(burst_bytes_ - std::min(expected, burst_bytes_), bound), round_);
}

void bbr::measure_loss(const acknowledgement& a) {
  if (!a.rate || a.rate->delivered_before < calm_from_) return;
  if (!calm_ && a.rate->delivered_before > calm_until_) return;
  if (a.round_trip && queued(*a.round_trip)) return;
  losses_.heard(a.acked_bytes, a.lost_bytes);
}

bool bbr::queued(duration round_trip) const {
  return round_trip > trip_ * 9 / 8 + milliseconds(1);
}

// Deviation: the draft's filter believes for ten rounds in a rate that is gone, and a round is then as long
// as the queue it has built. When the path became much slower the filter starts anew, from what arrives.
void bbr::look_for_drop(const acknowledgement& a) {
  if (a.acked_bytes == 0 || trip_ == duration{0}) return;
  const bool wanted_more = pipe_full_ && !(a.rate && a.rate->application_limited && !a.window_limited);
  // Who keeps a fixed amount under way never wants more, and yet it would be through in a round trip, were
  // the path what it was. What a session may begin with is too little to judge by.
  const bool enough = a.in_flight >= initial_datagrams * datagram_;
  if (!(wanted_more || enough) || phase_ == phase::probe_round_trip || after_drop_) {
    drop_.restart();
    return;
  }
  const std::uint64_t known = bandwidth_.best();
  const std::uint64_t expected = wanted_more ? known : std::min(known, bytes_per_second(a.in_flight, trip_));
  const auto rate = drop_.heard(a.now, a.acked_bytes, a.round_trip, expected, trip_);
  if (!rate) return;
  bandwidth_.restart(std::max<std::uint64_t>(*rate, 1), round_);
  ack_burst_.restart(0, round_);
  believe_from_ = a.delivered;
  queue_seen_ = after_drop_ = pipe_full_ = true;
  phase_ = phase::drain;
  pacing_gain_ = drain_gain;
  window_gain_ = even;
}

void bbr::advance_phase(const acknowledgement& a) {
  if (phase_ == phase::startup) look_for_full_pipe(a);
  if (phase_ == phase::drain && a.in_flight <= product(even)) {
    if (after_drop_) {
      // Whether the path became longer besides is not known: its own queue hid it.
      enter_probe_trip();
    } else {
      enter_probe_bandwidth(a);
    }
  }
  if (phase_ == phase::probe_bandwidth) advance_cycle(a);
  look_for_stale_trip(a);
  if (phase_ == phase::probe_round_trip) probe_trip(a);
}

void bbr::look_for_full_pipe(const acknowledgement& a) {
  look_for_first_queue(a);
  if (!round_started_ || limited_last_round_) return;
  if (bandwidth_.best() >= scaled(full_bandwidth_, 5, 4)) {
    full_bandwidth_ = bandwidth_.best();
    rounds_without_growth_ = 0;
  } else {
    ++rounds_without_growth_;
  }
  const bool held = holding_ && round_ >= hold_round_ + 2;
  if (rounds_without_growth_ < full_pipe_rounds && !(held && queued(last_round_least_)) &&
      !a.congestion_marked) {
    if (held) start_up();  // it was jitter
    return;
  }
  pipe_full_ = true;
  heed_from_ = a.now;
  phase_ = phase::drain;
  pacing_gain_ = drain_gain;
  window_gain_ = cruise_window;
}

// Deviation: the draft only leaves startup when the rate no longer grows, which takes three rounds at nearly
// three times the path's rate, and a buffer of one round trip overflows. Here the first queue (eight samples
// in a row, a quarter above the least round trip) holds the rate for a round, which tells what the path
// delivers.
void bbr::look_for_first_queue(const acknowledgement& a) {
  if (!new_block_ || holding_ || (a.rate && a.rate->application_limited)) return;
  if (recent_least_ <= trip_ * 5 / 4 + milliseconds(1)) return;
  holding_ = true;
  hold_round_ = round_;
  pacing_gain_ = even;
  window_gain_ = cruise_window;
}

void bbr::start_up() {
  phase_ = phase::startup;
  holding_ = false;
  pacing_gain_ = window_gain_ = high_gain;
}

void bbr::enter_probe_bandwidth(const acknowledgement& a) {
  phase_ = phase::probe_bandwidth;
  // For a round little more than the path holds: the pacer has saved a burst meanwhile.
  window_gain_ = gentle_window;
  start_step(step_, a);
}

void bbr::start_step(std::uint8_t step, const acknowledgement& a) {
  step_ = step;
  step_since_ = a.now;
  pacing_gain_ = cycle[step_];
  if (pacing_gain_ < even) {
    calm_ = true;
    calm_from_ = a.delivered;
  } else if (calm_) {
    calm_ = false;
    calm_until_ = a.delivered;
  }
}

void bbr::advance_cycle(const acknowledgement& a) {
  if (round_started_) window_gain_ = cruise_window;
  const bool long_enough = a.now - step_since_ > trip_;
  bool over = long_enough;
  // Deviation: the draft also ends the step up at any loss. Random loss would end it before it told anything.
  if (pacing_gain_ > even) over = long_enough && (a.in_flight >= product(pacing_gain_) || round_started_);
  // Deviation: the draft ends the step down after one round trip, and what was left of the queue stays.
  // Beside flows that heed no loss, whatever is drained is theirs.
  if (pacing_gain_ < even) {
    const int longest = share_.heeds_loss(a.now) ? longest_drain : 1;
    over = a.now - step_since_ > longest * trip_ || a.in_flight <= product(even);
  }
  if (!over) return;
  const bool drained = pacing_gain_ < even;
  start_step(static_cast<std::uint8_t>((step_ + 1) % cycle.size()), a);
  if (drained) look_for_longer_path(a);
}

// Deviation: where two drains in a row left every round trip half as long again, it is somebody else's queue,
// or the path became longer. Waiting ten seconds to find out would let rate and window decay together. One
// drain is not enough: the path may have become slower a moment ago, which shows by the next.
void bbr::look_for_longer_path(const acknowledgement& a) {
  const bool left = recent_least_ != never && recent_least_ > trip_ * 3 / 2;
  vain_drains_ = left ? static_cast<std::uint8_t>(std::min(vain_drains_ + 1, 2)) : std::uint8_t{0};
  if (vain_drains_ < 2 || a.now - probed_at_ <= suspicion) return;
  vain_drains_ = 0;
  enter_probe_trip();
}

void bbr::look_for_stale_trip(const acknowledgement& a) {
  if (phase_ == phase::probe_round_trip || a.now - trip_seen_ <= trip_lasts) return;
  enter_probe_trip();
}

// Deviation: half of what the path holds instead of four datagrams. It empties the queue as well, and does
// not cost 2 % of the path.
void bbr::enter_probe_trip() {
  phase_ = phase::probe_round_trip;
  pacing_gain_ = even;
  window_gain_ = even / 2;
  probe_until_.reset();
}

void bbr::probe_trip(const acknowledgement& a) {
  if (!probe_until_) {
    if (a.in_flight > std::max(product(even / 2), least_window()) && !limited_in_round_) return;
    probe_until_ = a.now + trip_probe;
    probe_round_ = round_;
    probe_least_ = never;
    return;
  }
  if (a.now < *probe_until_ || round_ < probe_round_ + 2 || probe_least_ == never) return;
  trip_ = probe_least_;
  trip_seen_ = probed_at_ = a.now;
  after_drop_ = false;
  drop_.restart();
  if (pipe_full_) {
    enter_probe_bandwidth(a);
  } else {
    start_up();
  }
}

// Deviation: the draft heeds neither loss nor marks, and takes nearly all of a buffer of one round trip from
// a flow that does. Loss while every round trip is far above the least one, and marks, say that the buffer is
// full. The 0.3 (and four datagrams, where they are long) is above what the cycle's own step up adds, so that
// random loss alone never counts.
void bbr::heed_overflow(const acknowledgement& a) {
  const bool lost = a.lost_bytes > 0 && a.newest_lost_sent >= heed_from_ && recent_least_ != never &&
                    recent_least_ > trip_ * 13 / 10 + time_of(4 * datagram_);
  if (!pipe_full_) return;
  if (round_started_) share_.round(a.now);
  if (lost && losses_.per_mille() < 10) share_.lost();  // else it may well be chance
  if ((lost && share_.heeds_loss(a.now)) || a.congestion_marked) {
    if (a.delivered < next_cut_) return;  // once for what is in flight
    const std::uint64_t held = std::min(window_, a.in_flight + a.acked_bytes + a.lost_bytes);
    share_.overflowed(a.now, held, keep_at_overflow, datagram_);
    next_cut_ = a.delivered + a.in_flight;
    queue_seen_ = true;
  } else if (share_.bounds() && round_started_ && share_.bytes(a.now, datagram_) > product(cruise_window)) {
    share_.lift();
  }
}

duration bbr::time_of(std::uint64_t bytes) const {
  return duration(
      static_cast<duration::rep>(bytes * 1'000'000'000 / std::max<std::uint64_t>(1, bandwidth_.best())));
}

std::uint64_t bbr::send_rate() const {
  return bandwidth_.best() * 1000 / (1000 - losses_.per_mille());
}

std::uint64_t bbr::product(std::uint64_t gain) const {
  return scaled(in(trip_, send_rate()), gain, even);
}

void bbr::settle(time_point now) {
  if (trip_ == duration{0}) return;
  settle_window(now);
  const std::uint64_t slowest = bytes_per_second(datagram_, slowest_datagram);
  std::uint64_t rate = std::max(scaled(send_rate(), pacing_gain_, even), slowest);
  if (!pipe_full_ && !holding_) {
    const std::uint64_t first = bytes_per_second(initial_datagrams * datagram_, trip_);
    rate = std::max(rate, scaled(first, high_gain, even));
  }
  pacing_rate_ = std::min(rate, most_pacing_rate);
}

void bbr::settle_window(time_point now) {
  std::uint64_t w = product(window_gain_);
  if (window_gain_ > even) {
    // Three datagrams on their way into the network, or held by the peer until their acknowledgement is due.
    w += std::max(3 * datagram_, ack_burst_.best());
  }
  if (share_.bounds()) {
    w = std::min(w, std::max(share_.bytes(now, datagram_), product(share_floor) + 3 * datagram_));
  }
  // A flow that is its own limit may send a message of some size at once, unless a queue was seen.
  const bool thin = (limited_last_round_ || !pipe_full_) && !queue_seen_;
  w = std::max(w, thin ? initial_datagrams * datagram_ : least_window());
  window_ = std::min(w, most_window);
}

}  // namespace dgram
