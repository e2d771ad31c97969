// SPDX-License-Identifier: MIT
#include "udp/core/delivery_rate.h"

#include <vector>

#include "tests/support/catch.h"
#include "udp/core/windowed_extreme.h"

using namespace dgram;
using namespace std::chrono_literals;

namespace {

constexpr time_point start{1s};

// Packets of 1000 bytes on their way.
struct sender {
  struct packet {
    time_point sent;
    delivery_snapshot snapshot;
  };
  delivery_rate rate;
  std::vector<packet> packets;
  std::uint64_t in_flight = 0;

  void send(time_point now) {
    packets.push_back({now, rate.sent(now, in_flight)});
    in_flight += 1000;
  }
  std::optional<rate_sample> acknowledge(std::initializer_list<std::size_t> which, time_point now) {
    rate.begin();
    for (const std::size_t n : which) {
      rate.delivered(packets[n].sent, packets[n].snapshot, 1000, now);
      in_flight -= 1000;
    }
    return rate.sample(10ms);
  }
};

}  // namespace

TEST_CASE("a steady flow's samples are its rate") {
  sender s;
  for (int i = 0; i < 100; ++i) {
    const time_point now = start + i * 1ms;
    const bool heard = i >= 20;  // a round trip of 20 ms
    const auto sample = heard ? s.acknowledge({static_cast<std::size_t>(i - 20)}, now) : std::nullopt;
    s.send(now);
    if (i < 40) continue;  // the first flight began when nothing had been delivered
    REQUIRE(sample);
    CHECK(sample->bytes_per_second == 1'000'000);
    CHECK(sample->interval == 20ms);
    CHECK(sample->delivered == 20'000);
    CHECK_FALSE(sample->application_limited);
  }
  CHECK(s.rate.total_delivered() == 80'000);
}

TEST_CASE("acknowledgements that come in a lump do not make the path look faster than it was fed") {
  sender s;
  for (int i = 0; i < 20; ++i) s.send(start + i * 1ms);
  s.acknowledge({0}, start + 20ms);
  s.send(start + 20ms);
  // 19 packets at one moment, 1 ms after the first: sent over 19 ms all the same.
  const auto lump =
      s.acknowledge({1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19}, start + 21ms);
  REQUIRE(lump);
  CHECK(lump->bytes_per_second <= 1'053'000);
}

TEST_CASE("acknowledgements that come slower than the packets left tell the path's rate") {
  sender s;
  for (int i = 0; i < 10; ++i) s.send(start);
  std::optional<rate_sample> last;
  for (std::size_t i = 0; i < 10; ++i) last = s.acknowledge({i}, start + 20ms + static_cast<int>(i) * 2ms);
  REQUIRE(last);
  CHECK(last->bytes_per_second == 10'000 * 1000 / 38);
}

TEST_CASE("a sample shorter than the least round trip is none") {
  sender s;
  s.send(start);
  CHECK_FALSE(s.acknowledge({0}, start + 9ms));
  sender t;
  t.send(start);
  CHECK(t.acknowledge({0}, start + 10ms));
}

TEST_CASE("the newest packet of an acknowledgement decides whatever the order") {
  sender s;
  for (int i = 0; i < 4; ++i) s.send(start + i * 1ms);
  s.acknowledge({0}, start + 20ms);
  s.send(start + 20ms);
  const auto sample = s.acknowledge({4, 1, 3, 2}, start + 40ms);
  REQUIRE(sample);
  CHECK(sample->delivered_before == 1000);
  CHECK(sample->delivered == 4000);
}

TEST_CASE("samples are marked until what was sent without pressure is delivered") {
  sender s;
  s.send(start);
  s.rate.application_limited(s.in_flight);
  s.send(start + 5ms);
  CHECK_FALSE(s.acknowledge({0}, start + 20ms)->application_limited);  // left before
  const auto limited = s.acknowledge({1}, start + 25ms);
  CHECK(limited->application_limited);
  s.send(start + 26ms);
  s.send(start + 27ms);
  s.acknowledge({2}, start + 46ms);
  s.send(start + 47ms);
  CHECK_FALSE(s.acknowledge({3, 4}, start + 67ms)->application_limited);
}

TEST_CASE("an idle time does not lower the next sample") {
  sender s;
  s.send(start);
  s.acknowledge({0}, start + 20ms);
  s.send(start + 10s);
  const auto sample = s.acknowledge({1}, start + 10s + 20ms);
  REQUIRE(sample);
  CHECK(sample->interval == 20ms);
}

TEST_CASE("rates neither overflow nor divide by nothing") {
  CHECK(bytes_per_second(1000, duration{0}) == 1'000'000'000'000);
  CHECK(bytes_per_second(std::uint64_t{1} << 40, 1h) == (std::uint64_t{1} << 40) / 3600);
  CHECK(bytes_per_second(0, 1s) == 0);
}

TEST_CASE("the greatest of the last ten rounds is kept and then the next greatest") {
  windowed_max<int, int> most(10);
  for (int round = 0; round < 100; ++round) {
    most.update(round == 50 ? 900 : 100 + round % 3, round);
    INFO("round " << round);
    if (round >= 50 && round <= 60) CHECK(most.best() == 900);
    if (round > 61) CHECK(most.best() <= 102);
    if (round > 3 && round < 50) CHECK(most.best() >= 101);
  }
  most.restart(7, 100);
  CHECK(most.best() == 7);
}
