// SPDX-License-Identifier: MIT
#include "udp/core/flight.h"

#include <array>
#include <map>
#include <set>
#include <vector>

#include "tests/support/catch.h"
#include "udp/core/splitmix64.h"

using namespace dgram;
using namespace std::chrono_literals;

namespace {

constexpr loss_limits limits{3, 90ms, 120ms, 100ms};
using numbers = std::vector<std::uint64_t>;

struct sender {
  flight packets;
  loss_tolerance tolerance;
  time_point now{1h};
  numbers acked, lost;
  std::vector<message_id> acked_messages;
  bool prompt = false;

  std::uint64_t send(std::vector<message_id> carried = {{1}}, bool asks_ack = true) {
    packets.make_room([&](const sent_packet& p) { lost.push_back(p.number.value); });
    const std::uint64_t n = packets.next_number().value;
    packets.sent(now, {.bytes = 100, .carried = carried, .asks_ack = asks_ack, .prompt = prompt});
    return n;
  }
  void send_many(std::uint64_t count) {
    for (; count > 0; --count) send();
  }
  // Acknowledges `largest`, and of the 64 below it those whose bits are set.
  void ack(std::uint64_t largest, std::uint64_t bitmap = 0) {
    wire::ack a;
    a.bitmap = bitmap;
    ack(largest, a);
  }
  void ack(std::uint64_t largest, const wire::ack& a) {
    packets.acknowledge({largest}, a, now, tolerance, [&](const sent_packet& p) {
      acked.push_back(p.number.value);
      for (std::size_t i = 0; i < p.carried; ++i) acked_messages.push_back(packets.carried(p, i));
    });
  }
  void detect() {
    packets.detect_losses(now, limits, [&](const sent_packet& p) { lost.push_back(p.number.value); });
  }
};

}  // namespace

TEST_CASE("packet numbers count up, also those of packets that ask for nothing") {
  sender s;
  CHECK(s.send() == 0);
  CHECK(s.send({}, false) == 1);
  CHECK(s.send() == 2);
  CHECK(s.packets.in_flight() == 2);
}

TEST_CASE("an acknowledged packet names the messages it carried, once") {
  sender s;
  s.send({{7}, {9}, {8}});
  s.ack(0);
  s.ack(0);
  CHECK(s.acked == numbers{0});
  CHECK(s.acked_messages == std::vector<message_id>{{7}, {9}, {8}});
  CHECK(s.packets.in_flight() == 0);
  CHECK_FALSE(s.packets.last_sent());
}

TEST_CASE("bitmap and ranges acknowledge what they name, oldest first") {
  sender s;
  s.send_many(200);
  wire::ack a;
  a.bitmap = 1ULL << 63 | 1;  // 135 and 198
  a.range_count = 2;
  a.ranges[0] = {0, 2};    // 134 and 133
  a.ranges[1] = {100, 3};  // 32 to 30
  s.ack(199, a);
  CHECK(s.acked == numbers{30, 31, 32, 133, 134, 135, 198, 199});
}

TEST_CASE("ranges that claim more than was ever sent cost nothing and harm nobody") {
  sender s;
  s.send_many(100);
  wire::ack a;
  a.range_count = wire::max_ack_ranges;
  for (auto& r : a.ranges) r = {1, 0xffffffff};
  a.ranges[0] = {0, 5};
  s.ack(99, a);
  CHECK(s.acked.size() == 1 + 5 + 29);  // after a gap of one, the second range goes down to zero
  CHECK(s.acked.front() == 0);
}

TEST_CASE("a packet is lost when one sent three later is acknowledged (RFC 9002 section 6.1.1)") {
  sender s;
  s.send_many(4);
  s.ack(2);
  s.detect();
  CHECK(s.lost.empty());
  s.ack(3);
  s.detect();
  CHECK(s.lost == numbers{0});
}

TEST_CASE("a packet is lost when its time is over and a later one was acknowledged (section 6.1.2)") {
  sender s;
  s.send();
  s.now += 10ms;
  s.send();
  s.ack(1);
  s.detect();
  CHECK(s.lost.empty());
  CHECK(s.packets.loss_time() == s.now - 10ms + limits.late);
  s.now = *s.packets.loss_time();
  s.detect();
  CHECK(s.lost == numbers{0});
  CHECK_FALSE(s.packets.loss_time());
}

TEST_CASE("without an acknowledgement of a later packet nothing is lost, however long it takes") {
  sender s;
  s.send_many(10);
  s.now += 1h;
  s.detect();
  CHECK(s.lost.empty());
}

TEST_CASE("a packet is lost when its acknowledgement is overdue while others come") {
  sender s;
  s.send();
  s.now += 10ms;
  s.send();
  s.now += 75ms;
  s.ack(0);
  s.detect();
  CHECK(s.lost.empty());
  CHECK(s.packets.loss_time() == s.now + 45ms);  // 120 ms after it was sent
  s.now += 45ms - 1ns;
  s.detect();
  CHECK(s.lost.empty());
  s.now += 1ns;
  s.detect();
  CHECK(s.lost == numbers{1});
  CHECK_FALSE(s.packets.loss_time());
  CHECK(s.packets.in_flight() == 0);
  CHECK(s.packets.bytes_in_flight() == 0);
}

TEST_CASE("what was sent after the last acknowledgement that told anything new is never overdue") {
  sender s;
  s.send();
  s.now += 50ms;
  s.ack(0);
  s.send();
  s.ack(0);
  s.detect();
  CHECK_FALSE(s.packets.loss_time());
  s.now += 1h;
  s.detect();
  CHECK(s.lost.empty());
}

TEST_CASE("an acknowledgement that was asked for at once is overdue sooner than an older one that was not") {
  sender s;
  s.send();
  s.now += 1ms;
  s.send();
  s.now += 1ms;
  s.prompt = true;
  s.send();
  s.now += 50ms;
  s.ack(0);
  s.detect();
  CHECK(s.packets.loss_time() == s.now + 50ms);
  s.now += 50ms;
  s.detect();
  CHECK(s.lost == numbers{2});
  CHECK(s.packets.loss_time() == s.now + 19ms);
  s.now += 19ms;
  s.detect();
  CHECK(s.lost == numbers{2, 1});
}

TEST_CASE("a packet first acknowledged after a later one tells by how much it was overtaken") {
  sender s;
  s.send_many(10);
  s.now += 40ms;
  s.ack(9, 0b1'1111'0111);  // all but 5
  s.now += 2ms;
  CHECK(s.tolerance.deepest() == 0);
  s.ack(9, 0b1'1111'1111);
  CHECK(s.tolerance.deepest() == 4);
  const loss_limits widened = s.tolerance.limits(rtt_estimator(8ms), s.now);
  CHECK(widened.packets == 5);
  CHECK(widened.late >= 8ms + 2ms * 5 / 4);
}

TEST_CASE("losses that were none do not speak against waiting for what is overtaken") {
  sender s;
  s.send_many(3);
  s.now += 1ms;
  s.ack(0);
  s.now += limits.overdue;
  s.detect();
  REQUIRE(s.lost == numbers{1, 2});
  s.ack(2, 1);  // an acknowledgement before it was lost
  for (int i = 0; i < 200; ++i) s.ack(s.send());
  s.send_many(5);
  s.ack(207, 0b111);
  s.ack(207, 0b1111);
  CHECK(s.tolerance.limits(rtt_estimator(8ms), s.now).packets == 5);
}

TEST_CASE(
    "what a lost acknowledgement would have told, told together with later packets, was not overtaken") {
  sender s;
  s.send_many(3);
  s.ack(0);
  s.send_many(3);
  s.ack(5, 0b11111);
  CHECK(s.acked == numbers{0, 1, 2, 3, 4, 5});
  CHECK(s.tolerance.deepest() == 0);
}

TEST_CASE("a lost packet that is acknowledged after all says so, once") {
  sender s;
  s.send_many(4);
  s.ack(3);
  s.detect();
  REQUIRE(s.lost == numbers{0});
  bool was_lost = false;
  wire::ack late;
  s.packets.acknowledge({0}, late, s.now, s.tolerance,
                        [&](const sent_packet& p) { was_lost = p.state == sent_packet::fate::lost; });
  CHECK(was_lost);
  s.acked.clear();
  s.ack(0);
  CHECK(s.acked.empty());
}

TEST_CASE("lost packets are forgotten after 128 more and three times the time allowed") {
  sender s;
  s.send_many(4);
  s.ack(3, 0b011);  // 2 and 1
  s.detect();
  REQUIRE(s.lost == numbers{0});
  for (int i = 0; i < 200; ++i) s.ack(s.send());
  s.now += 3 * limits.late;
  s.ack(s.send());
  s.acked.clear();
  s.ack(0);
  CHECK(s.acked.empty());
}

TEST_CASE("at 5000 packets a second a packet that comes three times as late as allowed is still recognised") {
  sender s;
  s.send_many(4);
  s.ack(3, 0b011);
  s.detect();
  REQUIRE(s.lost == numbers{0});
  for (duration passed = 200us; passed < 3 * limits.late; passed += 200us) {
    s.now += 200us;
    s.ack(s.send());
  }
  s.acked.clear();
  s.ack(0);
  CHECK(s.acked == numbers{0});
}

TEST_CASE("a number that was never sent cannot be acknowledged") {
  sender s;
  CHECK_FALSE(s.packets.restore(0));
  s.send_many(3);
  CHECK(s.packets.restore(2) == packet_number{2});
  CHECK_FALSE(s.packets.restore(3));
  CHECK_FALSE(s.packets.restore(0x800000));
}

TEST_CASE("at most so many numbers are remembered: the oldest in flight then counts as lost") {
  sender s;
  s.send({{42}});
  for (std::uint64_t i = 1; i < flight::capacity; ++i) s.send({}, false);
  CHECK(s.lost.empty());
  s.send();
  CHECK(s.lost == numbers{0});
  CHECK(s.packets.in_flight() == 1);
}

TEST_CASE("any history of sending, losing and acknowledging agrees with a map of packets") {
  std::uint64_t random = 11;
  sender s;
  std::map<std::uint64_t, std::vector<message_id>> unacked;
  std::set<std::uint64_t> gone;  // acknowledged
  std::uint64_t next_message = 0;
  for (int i = 0; i < 20000; ++i) {
    s.now += 1ms;
    if (splitmix64(random) % 3 != 0 && s.packets.in_flight() < 64) {
      std::vector<message_id> carried(splitmix64(random) % 40);
      for (message_id& id : carried) id = {next_message++};
      unacked[s.send(carried)] = carried;
      continue;
    }
    if (unacked.empty()) continue;
    const std::uint64_t largest = s.packets.next_number().value - 1 - splitmix64(random) % 4 % unacked.size();
    s.acked.clear();
    s.acked_messages.clear();
    s.ack(largest, splitmix64(random) & splitmix64(random));
    std::vector<message_id> expected;
    for (const std::uint64_t n : s.acked) {
      REQUIRE(gone.insert(n).second);
      expected.insert(expected.end(), unacked.at(n).begin(), unacked.at(n).end());
    }
    REQUIRE(s.acked_messages == expected);
    s.detect();
  }
  CHECK(gone.size() > 1000);
  CHECK(s.lost.size() > 1000);
}
