// SPDX-License-Identifier: MIT
// A plain BBR version 1 as a competitor in the model of a bottleneck: greatest rate of ten rounds, least
// round trip of ten seconds, the cycle of eight gains, twice the product in flight; heeds neither loss nor
// queue.
#pragma once

#include <algorithm>
#include <array>

#include "udp/core/congestion.h"
#include "udp/core/windowed_extreme.h"

namespace dgram::test {

class bbr_v1_model final : public congestion_controller {
 public:
  explicit bbr_v1_model(std::uint64_t datagram) : datagram_(datagram), rate_(10) {}

  void sent(time_point, std::uint64_t, std::uint64_t) override {}
  void acknowledged(const acknowledgement& a) override {
    const bool round = a.rate && a.rate->delivered_before >= round_ends_;
    if (round) {
      ++round_;
      round_ends_ = a.delivered;
    }
    if (a.rate) rate_.update(a.rate->bytes_per_second, round_);
    if (a.round_trip) measure(a);
    if (state_ == state::startup && round) look_for_full_pipe();
    if (state_ == state::drain && a.in_flight <= product(1)) state_ = state::cycle;
    if (state_ == state::cycle && a.now - step_since_ > least_ &&
        (step_ != 0 || a.lost_bytes > 0 || a.in_flight >= product(1.25))) {
      step_ = (step_ + 1) % 8;
      step_since_ = a.now;
    }
  }
  void silent(std::uint32_t) override {}
  void spurious_loss(time_point, std::uint64_t) override {}
  void datagram_size(std::uint64_t) override {}
  std::uint64_t window() const override {
    if (state_ == state::probe) return 4 * datagram_;
    return std::max(10 * datagram_, product(state_ == state::startup ? 2.885 : 2) + 3 * datagram_);
  }
  std::uint64_t pacing_rate() const override {
    constexpr std::array<double, 8> gains{1.25, 0.75, 1, 1, 1, 1, 1, 1};
    double gain = 1;
    if (state_ == state::startup) gain = 2.885;
    if (state_ == state::drain) gain = 1 / 2.885;
    if (state_ == state::cycle) gain = gains[step_];
    return static_cast<std::uint64_t>(static_cast<double>(rate_.best()) * gain);
  }

 private:
  enum class state { startup, drain, cycle, probe };

  void measure(const acknowledgement& a) {
    if (state_ == state::probe) {
      if (a.now < probe_until_) {
        if (a.in_flight <= 4 * datagram_) least_ = std::min(least_, *a.round_trip);
        return;
      }
      state_ = state::cycle;
      least_at_ = a.now;
    } else if (*a.round_trip <= least_) {
      least_ = *a.round_trip;
      least_at_ = a.now;
    } else if (a.now - least_at_ > std::chrono::seconds(10)) {
      state_ = state::probe;
      probe_until_ = a.now + *a.round_trip + std::chrono::milliseconds(200);
      least_ = *a.round_trip;
    }
  }
  void look_for_full_pipe() {
    if (rate_.best() * 4 >= full_ * 5) {
      full_ = rate_.best();
      stalled_ = 0;
    } else if (++stalled_ == 3) {
      state_ = state::drain;
    }
  }
  std::uint64_t product(double gain) const {
    if (least_ == duration::max()) return 10 * datagram_;
    const double trip = std::chrono::duration<double>(least_).count();
    return static_cast<std::uint64_t>(gain * trip * static_cast<double>(rate_.best()));
  }

  std::uint64_t datagram_;
  windowed_max<std::uint64_t, std::uint64_t> rate_;
  state state_ = state::startup;
  std::uint64_t round_ = 0, round_ends_ = 0, full_ = 0;
  int stalled_ = 0;
  std::size_t step_ = 2;
  duration least_ = duration::max();
  time_point least_at_{}, step_since_{}, probe_until_{};
};

}  // namespace dgram::test
