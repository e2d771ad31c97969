// SPDX-License-Identifier: MIT
#include "udp/core/pacer.h"

#include <algorithm>

#include "tests/support/catch.h"

using namespace dgram;
using namespace std::chrono_literals;

namespace {

constexpr time_point start{1s};
constexpr std::uint64_t datagram = 1472;

// Sends whenever it may, until `end`; returns the bytes.
std::uint64_t send_all(pacer& p, time_point& now, time_point end) {
  std::uint64_t bytes = 0;
  while (now < end) {
    if (const auto opens = p.opens_at(now)) {
      now = *opens;
      continue;
    }
    p.sent(datagram, now);
    bytes += datagram;
  }
  return bytes;
}

}  // namespace

TEST_CASE("without a rate it is always open") {
  pacer p;
  for (int i = 0; i < 1000; ++i) p.sent(datagram, start);
  CHECK(p.open(start));
  CHECK_FALSE(p.opens_at(start));
}

TEST_CASE("over a second as many bytes leave as the rate says and a bucket more") {
  for (const std::uint64_t rate : {20'000u, 250'000u, 6'250'000u, 1'250'000'000u}) {
    pacer p;
    p.rate(rate, start);
    time_point now = start;
    const std::uint64_t bytes = send_all(p, now, start + 1s);
    const std::uint64_t bucket = std::max<std::uint64_t>(10 * datagram, rate / 500);
    INFO("rate " << rate);
    CHECK(bytes >= rate);
    CHECK(bytes <= rate + rate / 1000 + bucket + 2 * datagram);  // times are whole nanoseconds
  }
}

TEST_CASE("a full bucket lets ten datagrams leave together and then one at a time") {
  pacer p;
  p.rate(1'472'000, start);  // a datagram per ms
  int together = 0;
  for (; p.open(start); ++together) p.sent(datagram, start);
  CHECK(together == 11);  // ten, and the one that finds it just not empty
  CHECK(p.opens_at(start) == start + 1ms);
  CHECK(p.open(start + 1ms));
  p.sent(datagram, start + 1ms);
  CHECK(p.opens_at(start + 1ms) == start + 2ms);
}

TEST_CASE("at a high rate the bucket holds two milliseconds") {
  pacer p;
  p.rate(147'200'000, start);  // 100 datagrams per ms
  int together = 0;
  for (; p.open(start); ++together) p.sent(datagram, start);
  CHECK(together == 201);
}

TEST_CASE("what was not used for long is not saved beyond the bucket") {
  pacer p;
  p.rate(1'472'000, start);
  int together = 0;
  for (; p.open(start + 1h); ++together) p.sent(datagram, start + 1h);
  CHECK(together == 11);
}

TEST_CASE("what is urgent is charged and its debt is bounded") {
  pacer p;
  p.rate(1'472'000, start);
  for (int i = 0; i < 15; ++i) p.sent(datagram, start);
  CHECK(p.opens_at(start) == start + 5ms);
  for (int i = 0; i < 1000; ++i) p.sent(datagram, start);
  CHECK(p.opens_at(start) == start + 10ms);
}

TEST_CASE("a change of rate keeps the debt as bytes") {
  pacer p;
  p.rate(1'472'000, start);
  for (int i = 0; i < 14; ++i) p.sent(datagram, start);
  REQUIRE(p.opens_at(start) == start + 4ms);
  p.rate(2'944'000, start);
  CHECK(p.opens_at(start) == start + 2ms);
  p.rate(736'000, start);
  CHECK(p.opens_at(start) == start + 8ms);
  p.rate(0, start);
  CHECK(p.open(start));
}

TEST_CASE("asking often loses nothing") {
  pacer p;
  p.rate(20'000, start);
  time_point now = start;
  std::uint64_t bytes = 0;
  for (int i = 0; i < 1'000'000; ++i, now += 1us) {
    p.rate(i % 2 == 0 ? 20'000 : 20'001, now);
    if (!p.open(now)) continue;
    p.sent(datagram, now);
    bytes += datagram;
  }
  CHECK(bytes >= 20'000);
  CHECK(bytes <= 20'000 + 12 * datagram);
}
