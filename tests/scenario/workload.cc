// SPDX-License-Identifier: MIT
#include "tests/scenario/workload.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "udp/core/credit_grant.h"

namespace dgram::test {
namespace {

using namespace std::chrono_literals;

constexpr std::uint32_t channels = 3;

}  // namespace

workload::message workload::next_message(std::uint32_t least_for_reply) {
  message m;
  m.options.mode = static_cast<delivery_mode>(dice_.below(4));
  m.options.channel = channel_id{static_cast<std::uint8_t>(dice_.below(channels))};
  m.size = size();
  const bool once = m.options.mode == delivery_mode::unreliable || m.options.mode == delivery_mode::sequenced;
  if (once) m.size = std::min<std::uint32_t>(m.size, max_unreliable_message);
  m.options.priority = static_cast<std::uint8_t>(dice_.chance(0.2) ? dice_.below(4) : 0);
  if (dice_.chance(0.2)) m.options.redundancy = redundancy();
  m.options.wants_reply = m.size >= least_for_reply && dice_.chance(0.3);
  m.options.deadline = deadline();
  if (dice_.chance(0.05)) m.options.max_tries = static_cast<std::uint16_t>(dice_.between(1, 3));
  return m;
}

std::uint32_t workload::burst() {
  if (stream_left_ > 0 || dice_.chance(0.9)) return 1;
  return dice_.chance(0.95) ? dice_.between(2, 40) : dice_.between(50, 400);
}

duration workload::gap() {
  if (stream_left_ > 0) {
    --stream_left_;
    return stream_gap_;
  }
  const std::uint32_t kind = dice_.below(1000);
  if (kind < 800) return dice_.below(40'000) * 1us;
  if (kind < 980) return milliseconds(50, 1500);
  if (kind < 992) return dice_.between(20, 130) * 1s;
  stream_left_ = dice_.between(20, 200);
  stream_gap_ = milliseconds(1, 10);
  return stream_gap_;
}

duration workload::quiet() {
  return dice_.between(30, 120) * 1s;
}

std::optional<duration> workload::reply_delay() {
  const std::uint32_t kind = dice_.below(100);
  if (kind < 5) return std::nullopt;
  if (kind < 65) return duration(0);
  return kind < 90 ? milliseconds(1, 500) : milliseconds(500, 5000);
}

switchboard_options workload::board() {
  switchboard_options board;
  session_options& s = board.session;
  if (dice_.chance(0.3)) s.congestion = congestion_algorithm::new_reno;
  if (dice_.chance(0.3)) s.redundancy = redundancy();
  if (dice_.chance(0.1)) s.send_buffer = dice_.between(4'000, 40'000);
  if (dice_.chance(0.2)) s.send_buffer = dice_.between(64, 1024) * 1024U;
  if (dice_.chance(0.3)) s.receive_buffer = dice_.between(0, 512) * 1024U;
  // What a receiver has no room for never comes, and keeps others waiting until its deadline (options.h).
  const std::size_t room = std::max<std::size_t>(s.receive_buffer, initial_credit);
  largest_ = static_cast<std::uint32_t>(std::min<std::size_t>(largest_, room / 2));
  if (dice_.chance(0.2)) s.largest_datagram = dice_.between(548, largest_datagram);
  if (dice_.chance(0.1)) s.keep_alive = dice_.between(1, 20) * 1s;
  if (dice_.chance(0.1)) s.redundancy_bytes = dice_.below(1200);
  return board;
}

redundancy workload::redundancy() {
  if (dice_.chance(0.3)) return dgram::redundancy::automatic();
  if (dice_.chance(0.3)) return dgram::redundancy::off();
  return {static_cast<std::uint8_t>(dice_.between(1, redundancy::most))};
}

// 0.5 to 50 Mbit/s, each decade as often.
double workload::rate() {
  const double decades = dice_.below(2000) / 1000.0;
  return 62'500 * std::pow(10, decades);
}

std::size_t workload::queue_bytes() {
  return dice_.between(8, 128) * 1024U;
}

duration workload::link_delay() {
  constexpr std::array<duration, 5> delays{200us, 2ms, 20ms, 60ms, 150ms};
  return delays[dice_.below(delays.size())];
}

std::uint32_t workload::size() {
  const auto whole = static_cast<std::uint32_t>(max_whole_message);
  const std::uint32_t kind = dice_.below(1000);
  if (kind < 50) return dice_.below(4);
  if (kind < 610) return dice_.between(4, 100);
  if (kind < 830) return dice_.between(100, 600);
  if (kind < 880) return dice_.between(600, whole);
  if (kind < 900) return whole;
  if (kind < 980) return std::min(dice_.between(whole + 1, 8'000), largest_);
  return std::min(kind < 996 ? dice_.between(8'000, 64'000) : dice_.between(64'000, 200'000), largest_);
}

duration workload::deadline() {
  if (dice_.chance(0.4)) return 60s;
  return dice_.chance(0.6) ? duration(10s) : milliseconds(20, 2000);
}

duration workload::milliseconds(std::uint32_t least, std::uint32_t most) {
  return dice_.between(least, most) * 1ms;
}

}  // namespace dgram::test
