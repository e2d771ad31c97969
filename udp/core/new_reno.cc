// SPDX-License-Identifier: MIT
#include "udp/core/new_reno.h"

#include <algorithm>
#include <limits>

#include "udp/core/congestion_limits.h"

namespace dgram {
namespace {

constexpr std::uint64_t initial_datagrams = 10;     // section 7.2
constexpr std::uint32_t persistent_congestion = 3;  // probe timeouts, section 7.6.1

constexpr std::uint64_t final = std::uint64_t{1} << 63;  // never so many bytes turn out not to be lost

std::uint64_t initial_window(std::uint64_t datagram) {
  return std::min(initial_datagrams * datagram, std::max<std::uint64_t>(14'720, 2 * datagram));
}

}  // namespace

new_reno::new_reno(std::uint64_t datagram_size)
    : datagram_(datagram_size),
      window_(initial_window(datagram_size)),
      threshold_(std::numeric_limits<std::uint64_t>::max()) {}

void new_reno::acknowledged(const acknowledgement& a) {
  measure(a);
  if (in_recovery() && a.acked_bytes > 0 && a.rate && a.rate->delivered_before >= recovery_delivered_) {
    recovery_since_.reset();
  }
  if (collapsed_) {
    collapsed_ = false;  // what was lost in the silence is paid for
    reduced_ = true;
    last_reduction_ = a.now;
  }
  if (a.lost_bytes > 0) {
    if (!reduced_ || a.newest_lost_sent > last_reduction_) {
      congestion(a.delivered, a.now);
      lost_in_it_ = 0;
    }
    lost_in_it_ += a.lost_bytes;
  }
  if (a.congestion_marked && !in_recovery()) {
    congestion(a.delivered, a.now);
    lost_in_it_ = final;
  }
  if (!in_recovery() && a.window_limited) grow(a);
}

void new_reno::measure(const acknowledgement& a) {
  if (!a.round_trip) return;
  const duration now = std::max(*a.round_trip, least_trip);
  smoothed_ = smoothed_ == duration{0} ? now : (7 * smoothed_ + now) / 8;
}

void new_reno::congestion(std::uint64_t delivered, time_point now) {
  window_before_ = window_;
  threshold_before_ = threshold_;
  recovery_since_ = last_reduction_ = now;
  reduced_ = true;
  recovery_delivered_ = delivered;
  toward_one_ = 0;
  threshold_ = window_ = std::max(window_ / 2, least_window());
}

void new_reno::grow(const acknowledgement& a) {
  if (window_ < threshold_) {
    window_ += a.acked_bytes;
  } else {
    toward_one_ += a.acked_bytes;
    if (toward_one_ >= window_) {
      toward_one_ -= window_;
      window_ += datagram_;
    }
  }
  window_ = std::min(window_, most_window);
}

void new_reno::silent(std::uint32_t probes) {
  if (probes != persistent_congestion) return;
  threshold_ = std::max(window_ / 2, least_window());
  window_ = least_window();
  recovery_since_.reset();
  collapsed_ = true;
  lost_in_it_ = final;
}

void new_reno::spurious_loss(time_point, std::uint64_t bytes) {
  if (lost_in_it_ == 0) return;
  lost_in_it_ -= std::min(bytes, lost_in_it_);
  if (lost_in_it_ > 0) return;
  window_ = std::max(window_, window_before_);
  threshold_ = std::max(threshold_, threshold_before_);
  recovery_since_.reset();
}

void new_reno::datagram_size(std::uint64_t bytes) {
  if (bytes == datagram_) return;
  const bool untouched = window_ == initial_window(datagram_) && smoothed_ == duration{0};
  datagram_ = bytes;
  window_ = std::max(untouched ? initial_window(bytes) : window_, least_window());  // section 7.2
}

std::uint64_t new_reno::pacing_rate() const {
  if (smoothed_ == duration{0}) return 0;
  // Section 7.7: a little more than the window per round trip, so that the window is the limit.
  const auto us = static_cast<std::uint64_t>(std::max<duration::rep>(1, smoothed_.count() / 1000));
  return std::min(scaled(window_, 1'250'000, us), most_pacing_rate);
}

}  // namespace dgram
