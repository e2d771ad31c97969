// SPDX-License-Identifier: MIT
#include "udp/core/inbox.h"

#include <string>
#include <vector>

#include "tests/core/bytes_of.h"
#include "tests/support/catch.h"

using namespace dgram;
using namespace dgram::test;
using texts = std::vector<std::string>;

namespace {

constexpr std::size_t room = 1024;
constexpr time_point now{std::chrono::hours(1)};

struct receiver {
  inbox in{room};
  texts delivered;
  std::uint16_t next_id = 0;

  std::optional<discard_reason> take(const wire::message& m) {
    in.begin(now);
    return in.take(m, [&](const inbox::arrival& a) { delivered.push_back(text_of(a.bytes)); });
  }
  std::optional<discard_reason> ordered(std::uint16_t order, std::string_view text, channel_id channel = {}) {
    return take({delivery_mode::ordered, false, next_id++, order, {}, channel, bytes_of(text)});
  }
  std::optional<discard_reason> plain(delivery_mode mode, std::uint16_t id, std::string_view text) {
    return take({mode, false, id, 0, {}, {}, bytes_of(text)});
  }
  std::optional<discard_reason> skip(std::uint16_t order) {
    in.begin(now);
    return in.skip({next_id++, order, {}},
                   [&](const inbox::arrival& a) { delivered.push_back(text_of(a.bytes)); });
  }
};

}  // namespace

TEST_CASE("a message is delivered as it arrives, and not again") {
  receiver r;
  CHECK_FALSE(r.plain(delivery_mode::reliable, 3, "three"));
  CHECK_FALSE(r.plain(delivery_mode::unreliable, 1, "one"));
  CHECK(r.plain(delivery_mode::reliable, 3, "three") == discard_reason::repeated_message);
  CHECK(r.delivered == texts{"three", "one"});
}

TEST_CASE("a sequenced message older than the newest is dropped") {
  receiver r;
  CHECK_FALSE(r.plain(delivery_mode::sequenced, 5, "new"));
  CHECK(r.plain(delivery_mode::sequenced, 4, "old") == discard_reason::stale_sequenced);
  CHECK(r.delivered == texts{"new"});
}

TEST_CASE("ordered messages wait for the missing one, and follow it") {
  receiver r;
  CHECK_FALSE(r.ordered(2, "c"));
  CHECK_FALSE(r.ordered(1, "b"));
  CHECK(r.delivered.empty());
  CHECK_FALSE(r.ordered(0, "a"));
  CHECK(r.delivered == texts{"a", "b", "c"});
}

TEST_CASE("channels do not wait for one another") {
  receiver r;
  r.ordered(1, "held");
  r.ordered(0, "free", {9});
  CHECK(r.delivered == texts{"free"});
}

TEST_CASE("a message that was given up is not waited for, whenever its skip comes") {
  receiver early, late;
  early.skip(0);
  early.ordered(1, "b");
  CHECK(early.delivered == texts{"b"});
  late.ordered(2, "c");
  late.skip(1);
  CHECK(late.delivered.empty());
  late.ordered(0, "a");
  CHECK(late.delivered == texts{"a", "c"});
}

TEST_CASE("a skip of what was delivered after all changes nothing") {
  receiver r;
  r.ordered(0, "a");
  r.next_id = 0;
  CHECK_FALSE(r.skip(0));
  CHECK_FALSE(r.ordered(1, "b"));
  CHECK(r.delivered == texts{"a", "b"});
}

TEST_CASE("beyond the receive buffer nothing more is held, but the missing one gets in") {
  receiver r;
  std::uint16_t order = 1;
  while (!r.ordered(order, std::string(200, 'x'))) ++order;
  CHECK(order == 4);  // 3 * 328 <= 1024 < 4 * 328
  CHECK(r.ordered(order, "more") == discard_reason::reorder_full);
  CHECK(r.skip(order) == discard_reason::reorder_full);
  CHECK_FALSE(r.ordered(0, "first"));
  CHECK(r.delivered.size() == 4);
  CHECK_FALSE(r.ordered(order, "more"));
  CHECK(r.delivered.size() == 5);
}

TEST_CASE("what was refused for want of room is new when it comes again, but what is held is not") {
  receiver r;
  const std::string large(800, 'x');
  const wire::message held{delivery_mode::ordered, false, 1, 1, {}, {}, bytes_of(large)};
  const wire::message refused{delivery_mode::ordered, false, 2, 2, {}, {}, bytes_of("two")};
  CHECK_FALSE(r.take(held));
  CHECK(r.take(refused) == discard_reason::reorder_full);
  CHECK(r.take(held) == discard_reason::repeated_message);
  CHECK_FALSE(r.take({delivery_mode::ordered, false, 0, 0, {}, {}, {}}));
  CHECK_FALSE(r.take(refused));
  CHECK(r.delivered.size() == 3);
}

TEST_CASE("skips and full datagrams cannot fill memory beyond the limit, whatever their channels") {
  receiver r;
  std::size_t held = 0;
  for (unsigned channel = 0; channel < 256; ++channel) {
    for (std::uint16_t order = 1; order < 20; ++order) {
      r.in.begin(now);
      const auto refused =
          r.in.skip({r.next_id++, order, {static_cast<std::uint8_t>(channel)}}, [](auto&) {});
      if (!refused) ++held;
    }
  }
  CHECK(held == 8);  // of 128 bytes each
}

TEST_CASE("an order no sender would use is malformed, and so is a second message of one place") {
  receiver r;
  CHECK(r.ordered(ordering::reach, "far") == discard_reason::malformed);
  CHECK_FALSE(r.ordered(1, "b"));
  CHECK(r.ordered(1, "another") == discard_reason::malformed);
  r.ordered(0, "a");
  CHECK(r.ordered(0, "again") == discard_reason::malformed);
  CHECK(r.delivered == texts{"a", "b"});
}

TEST_CASE("at the limit of requests without a settled reply no more are accepted") {
  receiver r;
  for (std::uint16_t id = 0; id < reply_ledger::limit; ++id) {
    REQUIRE(r.in.accepts(1));
    r.take({delivery_mode::reliable, true, id, 0, {}, {}, {}});
  }
  CHECK_FALSE(r.in.accepts(1));
  CHECK(r.in.accepts(0));
  r.in.requests().settled({17});
  CHECK(r.in.accepts(1));
  CHECK_FALSE(r.in.accepts(2));
  r.in.begin(now + reply_ledger::patience);
  CHECK(r.in.accepts(2));
}

TEST_CASE("what is released together stays readable until the next datagram, or for whoever takes it") {
  receiver r;
  std::vector<std::span<const std::byte>> spans;
  const auto keep = [&](const inbox::arrival& a) { spans.push_back(a.bytes); };
  r.in.begin(now);
  for (std::uint16_t order = 7; order > 0; --order) {
    r.in.take({delivery_mode::ordered, false, order, order, {}, {}, bytes_of("held")}, keep);
  }
  r.in.take({delivery_mode::ordered, false, 0, 0, {}, {}, bytes_of("held")}, keep);
  REQUIRE(spans.size() == 8);
  const auto memory = r.in.take_released();
  r.in.begin(now);
  for (const auto& s : spans) CHECK(text_of(s) == "held");
  CHECK(memory.size() == 7);
}
