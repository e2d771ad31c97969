// SPDX-License-Identifier: MIT
#include "udp/core/ack_tracker.h"

#include "tests/support/catch.h"

using namespace dgram;
using namespace std::chrono_literals;

namespace {

constexpr time_point start{1h};
constexpr duration patience = 5ms;
constexpr std::uint64_t all = ~std::uint64_t{0};

struct receiver {
  ack_tracker tracker;
  void take(std::uint64_t n, time_point at = start) { tracker.received({n}, true, false, at, patience); }
};

}  // namespace

TEST_CASE("an acknowledgement may wait for company, but no longer than its patience") {
  receiver r;
  r.take(0);
  CHECK(r.tracker.pending());
  CHECK_FALSE(r.tracker.due(start));
  CHECK(r.tracker.deadline() == start + patience);
  r.take(1, start + 2ms);
  CHECK(r.tracker.deadline() == start + patience);
  CHECK(r.tracker.due(start + patience));
}

TEST_CASE("every fourth packet, a gap, a duplicate and a sender in a hurry are answered at once") {
  receiver fourth;
  for (std::uint64_t n = 0; n < 3; ++n) fourth.take(n);
  CHECK_FALSE(fourth.tracker.due(start));
  fourth.take(3);
  CHECK(fourth.tracker.due(start));
  receiver gap;
  gap.take(1);
  CHECK(gap.tracker.due(start));
  gap.tracker.reported();
  gap.take(0);  // fills it, out of sequence
  CHECK(gap.tracker.due(start));
  receiver duplicate;
  duplicate.take(0);
  duplicate.tracker.reported();
  duplicate.tracker.repeated({0});
  CHECK(duplicate.tracker.due(start));
  receiver hurried;
  hurried.tracker.received({0}, true, true, start, patience);
  CHECK(hurried.tracker.due(start));
}

TEST_CASE("an acknowledgement that has company leaves with it when by their pace no more will come in time") {
  receiver r;
  r.take(0, start);
  r.take(1, start + 2ms);
  CHECK_FALSE(r.tracker.due(start + 2ms));  // another one is likely at 4 ms
  r.take(2, start + 4ms);
  CHECK(r.tracker.due(start + 4ms));
  r.tracker.reported();
  r.take(3, start + 20ms);
  CHECK_FALSE(r.tracker.due(start + 20ms));  // it has none yet
}

TEST_CASE("what asks for no acknowledgement makes none due, but is told with the next") {
  receiver r;
  r.tracker.received({0}, false, false, start, patience);
  CHECK_FALSE(r.tracker.pending());
  CHECK_FALSE(r.tracker.deadline());
  r.take(1);
  const wire::ack a = r.tracker.report(start);
  CHECK(a.largest == 1);
  CHECK((a.bitmap & 1) == 1);
}

TEST_CASE("once reported nothing is due, until the next packet") {
  receiver r;
  r.take(5);
  r.tracker.reported();
  CHECK_FALSE(r.tracker.pending());
  CHECK_FALSE(r.tracker.due(start + 1h));
  CHECK_FALSE(r.tracker.deadline());
}

TEST_CASE("a young session's bitmap is all ones, so that it costs nothing on the wire") {
  receiver r;
  r.take(0);
  const wire::ack a = r.tracker.report(start);
  CHECK(a.bitmap == all);
  CHECK(wire::size_of(a) == 7);
}

TEST_CASE("the bitmap tells which of the 64 below the largest are missing") {
  receiver r;
  for (std::uint64_t n = 0; n <= 100; ++n) {
    if (n != 99 && n != 60 && n != 36) r.take(n);
  }
  const wire::ack a = r.tracker.report(start);
  CHECK(a.largest == 100);
  CHECK(a.bitmap == (all & ~(1ULL << 0) & ~(1ULL << 39) & ~(1ULL << 63)));
  REQUIRE(a.range_count == 1);
  CHECK(a.ranges[0] == wire::ack::range{0, 36});
}

TEST_CASE("ranges tell the rest, from the bitmap's end down to the window's") {
  receiver r;
  for (std::uint64_t n = 0; n <= 200; ++n) {
    if (n != 100 && n != 101 && n > 9) r.take(n);
  }
  const wire::ack a = r.tracker.report(start);
  REQUIRE(a.range_count == 2);
  CHECK(a.ranges[0] == wire::ack::range{0, 34});  // 135 to 102
  CHECK(a.ranges[1] == wire::ack::range{2, 90});  // 99 to 10
}

TEST_CASE("an acknowledgement names at most its limit of ranges, the newest ones") {
  receiver r;
  for (std::uint64_t n = 0; n <= 400; n += 2) r.take(n);
  const wire::ack a = r.tracker.report(start);
  CHECK(a.range_count == wire::max_ack_ranges);
  CHECK(a.ranges[0].length == 1);
}

TEST_CASE("the delay counts from the newest packet, in units of 8 us, and saturates") {
  receiver r;
  r.take(0);
  r.take(1, start + 1ms);
  r.take(0, start + 2ms);
  CHECK(r.tracker.report(start + 1ms + 80us).delay == 10);
  CHECK(r.tracker.report(start + 10s).delay == 0xffff);
  CHECK(r.tracker.report(start).delay == 0);  // a clock that went back
}

TEST_CASE("duplicates and what is below the window are told from fresh packets") {
  using arrival = ack_tracker::arrival;
  receiver r;
  r.take(0);
  r.take(2000);
  CHECK(r.tracker.check({2000}) == arrival::duplicate);
  CHECK(r.tracker.check({2001}) == arrival::fresh);
  CHECK(r.tracker.check({1500}) == arrival::fresh);
  CHECK(r.tracker.check({0}) == arrival::duplicate);  // so large a jump made the window grow
  r.take(10000);
  CHECK(r.tracker.check({1809}) == arrival::fresh);  // 8192 below one above the newest
  CHECK(r.tracker.check({1808}) == arrival::too_old);
  CHECK(r.tracker.check({0}) == arrival::too_old);
}

TEST_CASE("a quiet session remembers 1024 numbers below the newest") {
  using arrival = ack_tracker::arrival;
  receiver r;
  for (std::uint64_t n = 0; n <= 3000; ++n) {
    if (n != 1976 && n != 1977) r.take(n, start + n * 1ms);
  }
  CHECK(r.tracker.check({1977}) == arrival::fresh);
  CHECK(r.tracker.check({1978}) == arrival::duplicate);
  CHECK(r.tracker.check({1976}) == arrival::too_old);
}

TEST_CASE("a session that receives 512 packets within 250 ms remembers 8192") {
  using arrival = ack_tracker::arrival;
  receiver r;
  for (std::uint64_t n = 0; n < 10000; ++n) {
    if (n % 7 != 3 || n > 9000) r.take(n, start + n * 400us);
  }
  for (std::uint64_t n = 10000 - 8192; n < 9000; ++n) {
    REQUIRE(r.tracker.check({n}) == (n % 7 == 3 ? arrival::fresh : arrival::duplicate));
  }
  CHECK(r.tracker.check({10000 - 8193}) == arrival::too_old);
  r.tracker.reported();
  for (int i = 0; i < 4; ++i) r.tracker.reported();
  r.take(3503, start + 4s);  // 6496 below the newest: 7 * 500 + 3
  const wire::ack a = r.tracker.report(start + 4s);
  REQUIRE(a.range_count > 0);
  CHECK(a.ranges[0] == wire::ack::range{0, 9934 - 8998});
}

TEST_CASE("a packet that comes more than 512 behind makes the window grow for those still later") {
  using arrival = ack_tracker::arrival;
  receiver r;
  for (std::uint64_t n = 0; n <= 3000; ++n) {
    if (n != 2400 && n != 2000) r.take(n, start + n * 1ms);
  }
  r.take(2400, start + 3001ms);
  for (std::uint64_t n = 3001; n <= 5000; ++n) r.take(n, start + n * 1ms);
  CHECK(r.tracker.check({2000}) == arrival::fresh);
}

TEST_CASE("what may have arrived before the window grew is not taken for fresh") {
  using arrival = ack_tracker::arrival;
  receiver r;
  for (std::uint64_t n = 0; n <= 3000; ++n) r.take(n, start + n * 1ms);
  r.take(3600, start + 4s);  // a jump
  CHECK(r.tracker.check({1976}) == arrival::too_old);
  CHECK(r.tracker.check({1977}) == arrival::duplicate);
  CHECK(r.tracker.check({3500}) == arrival::fresh);
  for (std::uint64_t n = 3601; n < 1977 + 8192; ++n) r.take(n, start + n * 1ms);
  CHECK(r.tracker.check({1977}) == arrival::duplicate);
  r.take(1977 + 8192, start + 1h);
  CHECK(r.tracker.check({1977}) == arrival::too_old);
}

TEST_CASE("24-bit packet numbers are restored around the newest one") {
  receiver r;
  CHECK(r.tracker.restore(5) == packet_number{5});
  r.take(0xfffffe);
  CHECK(r.tracker.restore(0x000001) == packet_number{0x1000001});
  CHECK(r.tracker.restore(0xfffff0) == packet_number{0xfffff0});
}
