// SPDX-License-Identifier: MIT
#include "tests/scenario/workload.h"

#include <array>

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

std::optional<duration> workload::reply_delay() {
  const std::uint32_t kind = dice_.below(100);
  if (kind < 5) return std::nullopt;
  if (kind < 65) return duration(0);
  return kind < 90 ? milliseconds(1, 500) : milliseconds(500, 5000);
}

switchboard_options workload::board() {
  switchboard_options board;
  if (dice_.chance(0.2)) board.session.congestion = congestion_algorithm::new_reno;
  if (dice_.chance(0.1)) board.session.send_buffer = dice_.between(4'000, 40'000);
  if (dice_.chance(0.1)) board.session.receive_buffer = dice_.between(0, 8'000);
  return board;
}

duration workload::link_delay() {
  constexpr std::array<duration, 5> delays{200us, 2ms, 20ms, 60ms, 150ms};
  return delays[dice_.below(delays.size())];
}

std::uint32_t workload::size() {
  const std::uint32_t kind = dice_.below(100);
  if (kind < 5) return dice_.below(4);
  if (kind < 65) return dice_.between(4, 100);
  if (kind < 90) return dice_.between(100, 600);
  return kind < 97 ? dice_.between(600, max_whole_message) : static_cast<std::uint32_t>(max_whole_message);
}

duration workload::deadline() {
  if (dice_.chance(0.4)) return 60s;
  return dice_.chance(0.6) ? duration(10s) : milliseconds(20, 2000);
}

duration workload::milliseconds(std::uint32_t least, std::uint32_t most) {
  return dice_.between(least, most) * 1ms;
}

}  // namespace dgram::test
