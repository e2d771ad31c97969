// SPDX-License-Identifier: MIT
#include "udp/core/send_allowance.h"

#include <algorithm>
#include <utility>

#include "udp/core/message.h"

namespace dgram {
namespace {

constexpr std::uint32_t most_ahead = 10;

}  // namespace

send_allowance::send_allowance(congestion_algorithm algorithm, std::uint64_t seed, time_point now)
    : controller_(make_congestion_controller(algorithm, max_datagram_size, seed, now)) {}

bool send_allowance::open(std::uint64_t in_flight, time_point now) const {
  return in_flight < controller_->window() && pacer_.open(now);
}

bool send_allowance::open_for_small(std::uint64_t in_flight, time_point now) const {
  return ahead_ < most_ahead || open(in_flight, now);
}

std::optional<time_point> send_allowance::opens_at(std::uint64_t in_flight, time_point now) const {
  return in_flight < controller_->window() ? pacer_.opens_at(now) : std::nullopt;
}

void send_allowance::nothing_to_send(std::uint64_t in_flight) {
  if (in_flight < controller_->window()) rate_.application_limited(in_flight);
}

delivery_snapshot send_allowance::sent(std::size_t bytes, bool asks_ack, std::uint64_t in_flight,
                                       const rtt_estimator& rtt, time_point now) {
  if (now - ahead_since_ >= rtt.smoothed()) {
    ahead_ = 0;
    ahead_since_ = now;
  }
  if (asks_ack && !open(in_flight, now)) ++ahead_;
  pacer_.rate(controller_->pacing_rate(), now);
  pacer_.sent(bytes, now);
  if (!asks_ack) return {};
  controller_->sent(now, bytes, in_flight);
  return rate_.sent(now, in_flight);
}

void send_allowance::delivered(const sent_packet& p, time_point now) {
  if (pending_.acked_bytes == 0) rate_.begin();
  pending_.acked_bytes += p.bytes;
  rate_.delivered(p.sent, p.rate, p.bytes, now);
}

void send_allowance::lost(const sent_packet& p) {
  pending_.lost_bytes += p.bytes;
  pending_.newest_lost_sent = std::max(pending_.newest_lost_sent, p.sent);
}

void send_allowance::settle(std::uint64_t in_flight, const rtt_estimator& rtt,
                            std::optional<duration> measured, bool marked, time_point now) {
  auto a = std::exchange(pending_, {});
  if (a.acked_bytes == 0 && a.lost_bytes == 0 && !marked) return;
  a.now = now;
  a.in_flight = in_flight;
  a.delivered = rate_.total_delivered();
  a.round_trip = measured;
  a.least_round_trip = rtt.least();
  if (a.acked_bytes > 0) a.rate = rate_.sample(rtt.least());
  a.congestion_marked = marked;
  a.window_limited = std::exchange(window_limited_, false);
  controller_->acknowledged(a);
  pacer_.rate(controller_->pacing_rate(), now);
}

}  // namespace dgram
