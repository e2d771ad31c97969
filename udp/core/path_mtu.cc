// SPDX-License-Identifier: MIT
#include "udp/core/path_mtu.h"

#include <algorithm>
#include <cassert>
#include <utility>

namespace dgram {
namespace {

// A probe costs a datagram, so only those pay for one who fill datagrams in bulk: about 28 of them.
constexpr std::uint64_t enough_bytes = 32 * 1024;
// In this order: the expected size; Ethernet under IPv6, Ethernet under IPv4; and what WireGuard carries
// under IPv6, or a tunnel with an MTU of 1400 under IPv4.
constexpr std::size_t ladder[] = {max_datagram_size, 1452, 1472, 1372};

constexpr std::uint32_t tries_upward = 3;  // RFC 8899 section 5.1.2: MAX_PROBES
// At 20 % loss eight in a row are lost by chance 2.6 times in a million suspicions.
constexpr std::uint32_t tries_to_verify = 8;
constexpr std::uint32_t losses_to_suspect = 3;
// So that canaries are neither many among few large datagrams nor among the many of a short path.
constexpr std::uint32_t canary_packets = 16;
constexpr duration canary_interval = std::chrono::milliseconds(10);
constexpr duration search_again = std::chrono::minutes(10);  // RFC 8899 section 5.1.1: PMTU_RAISE_TIMER
constexpr duration rest_after_fall = std::chrono::seconds(60);

}  // namespace

path_mtu::path_mtu(std::size_t largest)
    : largest_(std::clamp(largest, smallest, largest_datagram)),
      size_(std::min(largest_, max_datagram_size)) {
  search({});
}

std::size_t path_mtu::size_at_timeout() const {
  if (silent_ == 0 || size_ <= smallest) return size_;
  // Where nothing above max_datagram_size leaves, small datagrams are a rarer need than whole messages.
  const bool small = size_ > max_datagram_size ? silent_ % 2 == 0 : silent_ % 2 == 1 && silent_ > 1;
  return small ? smallest : std::min(size_, max_datagram_size);
}

// --- Probes.

std::optional<std::size_t> path_mtu::probe_size(time_point now) {
  // While nothing at all is heard a probe would tell nothing.
  if (silent_ > 0) return std::nullopt;
  if (probe_ && now >= probe_->deadline) probe_failed(now);
  if (wants_canary(now)) return smallest;
  if (probe_ || candidate_ == 0) return std::nullopt;
  if (phase_ == phase::search && filled_bytes_ < enough_bytes) return std::nullopt;
  return candidate_;
}

bool path_mtu::wants_canary(time_point now) const {
  return size_ > max_datagram_size && large_since_canary_ >= canary_packets &&
         now - canary_sent_ >= std::max(round_trip_, canary_interval);
}

std::optional<time_point> path_mtu::next_probe() const {
  return probe_ && silent_ == 0 ? std::optional(probe_->deadline) : std::nullopt;
}

void path_mtu::probe_sent(std::size_t size, time_point now, duration probe_timeout) {
  if (size <= smallest) {
    canary_sent_ = now;
    large_since_canary_ = 0;
    return;
  }
  assert(size == candidate_);
  probe_ = probe_under_way{now, now + probe_timeout};
}

std::uint32_t path_mtu::most_tries() const {
  return phase_ == phase::verify ? tries_to_verify : tries_upward;
}

void path_mtu::begin(phase p) {
  phase_ = p;
  probe_.reset();
  candidate_ = 0;
  tries_ = 0;
  filled_bytes_ = 0;
}

void path_mtu::search(time_point now) {
  begin(phase::search);
  failed_ = largest_ + 1;
  choose_candidate(now);
}

void path_mtu::choose_candidate(time_point now) {
  tries_ = 0;
  for (const std::size_t rung : ladder) {
    candidate_ = std::min(rung, largest_);
    if (candidate_ > size_ && candidate_ < failed_) return;
  }
  rest(now + search_again);
}

void path_mtu::rest(time_point until) {
  begin(phase::rest);
  rest_until_ = until;
}

void path_mtu::probe_failed(time_point now) {
  probe_.reset();
  if (++tries_ < most_tries()) return;
  if (phase_ == phase::verify) {
    ++black_holes_;
    rest(now + rest_after_fall);
    return;
  }
  failed_ = candidate_;
  choose_candidate(now);
}

// A datagram of that size came through: no more than size_ was thought to.
void path_mtu::carries(std::size_t bytes, time_point now) {
  probe_.reset();
  size_ = std::min(bytes, largest_);
  losses_ = {};
  if (phase_ == phase::verify && size_ < before_fall_) {
    verify();
  } else if (phase_ == phase::search) {
    choose_candidate(now);
  } else {
    search(now);
  }
}

// --- Black holes.

std::size_t path_mtu::class_of(std::size_t bytes) {
  if (bytes <= smallest) return 0;
  return std::min(1 + (bytes - smallest - 1) / step, classes - 1);
}

void path_mtu::acknowledged(std::size_t bytes, bool probe, time_point sent, time_point now) {
  silent_ = 0;
  time_point& newest = newest_acknowledged_[class_of(bytes)];
  newest = std::max(newest, sent);
  round_trip_ = now - sent;
  if (bytes > max_datagram_size) ++large_since_canary_;
  if (bytes > size_) {
    // What left before a fall says nothing of the path since, unless it left after what seemed to vanish.
    const bool cleared = phase_ == phase::verify && disproves(suspicion_, bytes, sent);
    if (cleared || (probe && sent >= fell_at_)) carries(bytes, now);
    return;
  }
  if (disproves(losses_, bytes, sent)) losses_ = {};
  if (bytes >= size_ - size_ / 8) filled_bytes_ += bytes;
  if (phase_ == phase::rest && now >= rest_until_ && filled_bytes_ >= enough_bytes) search(now);
}

void path_mtu::lost(std::size_t bytes, bool probe, time_point sent, time_point now) {
  if (probe) {
    if (probe_ && probe_->sent == sent && bytes > smallest) probe_failed(now);
    return;
  }
  // Larger ones left before a fall and are behind it.
  if (bytes <= fallback() || bytes > size_) return;
  note_loss(bytes, sent);
  if (looks_like_black_hole()) fall(now);
}

bool path_mtu::disproves(const loss_run& run, std::size_t bytes, time_point sent) {
  return run.count > 0 && bytes >= run.least && sent >= run.first_sent;
}

void path_mtu::note_loss(std::size_t bytes, time_point sent) {
  for (std::size_t c = class_of(bytes); c < classes; ++c) {
    if (newest_acknowledged_[c] >= sent) return;  // one like it, or larger, came through later
  }
  losses_.least = losses_.count == 0 ? bytes : std::min(losses_.least, bytes);
  losses_.first_sent = losses_.count == 0 ? sent : std::min(losses_.first_sent, sent);
  ++losses_.count;
}

bool path_mtu::looks_like_black_hole() const {
  if (losses_.count < losses_to_suspect) return false;
  const auto end = newest_acknowledged_.begin() + static_cast<std::ptrdiff_t>(class_of(fallback()) + 1);
  return *std::max_element(newest_acknowledged_.begin(), end) >= losses_.first_sent;
}

// At once, because a stalled flow cannot wait, and provisionally, because chance loses several in a row too.
void path_mtu::fall(time_point now) {
  if (phase_ != phase::verify) before_fall_ = size_;
  const std::size_t vanishing = size_;
  size_ = fallback();
  fell_at_ = now;
  suspicion_ = std::exchange(losses_, {});
  verify();
  candidate_ = vanishing;
}

void path_mtu::verify() {
  begin(phase::verify);
  candidate_ = before_fall_;
}

void path_mtu::silent(std::uint32_t probes_in_a_row, time_point) {
  silent_ = probes_in_a_row;
}

}  // namespace dgram
