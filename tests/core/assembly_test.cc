// SPDX-License-Identifier: MIT
#include "udp/core/assembly.h"

#include <string>

#include "tests/core/bytes_of.h"
#include "tests/support/catch.h"
#include "udp/core/assembly_table.h"

using namespace dgram;
using namespace dgram::test;
using namespace std::chrono_literals;

namespace {

constexpr time_point start{1h};

wire::message piece(std::uint32_t total, std::uint32_t offset, std::string_view text) {
  wire::message m;
  m.bytes = bytes_of(text);
  m.part = wire::fragment{0, total, offset};
  return m;
}
message_outline outline(std::uint64_t id, std::uint32_t total, delivery_mode mode = delivery_mode::reliable) {
  return {{id}, {}, total, mode, {}, false, {}};
}

}  // namespace

TEST_CASE("a message is complete when its last byte is here, in whatever order and pieces") {
  assembly a(outline(1, 10), start);
  CHECK_FALSE(a.take(piece(10, 7, "789"), start));
  CHECK_FALSE(a.take(piece(10, 0, "0123"), start));
  CHECK(a.take(piece(10, 1, "12"), start) == discard_reason::repeated_message);
  CHECK_FALSE(a.complete());
  CHECK_FALSE(a.take(piece(10, 3, "34567"), start));
  CHECK(a.complete());
  CHECK(text_of(a.take_bytes()) == "0123456789");
}

TEST_CASE("fragments of one message agree in everything but their bytes") {
  message_outline o = outline(1, 10, delivery_mode::ordered);
  o.order = {65536 + 7};
  o.channel = {3};
  const assembly a(o, start);
  wire::message good = piece(10, 0, "0");
  good.mode = delivery_mode::ordered;
  good.order = 7;
  good.channel = {3};
  CHECK(a.agrees(good));
  const auto with = [&](auto change) {
    wire::message m = good;
    change(m);
    return m;
  };
  CHECK_FALSE(a.agrees(with([](wire::message& m) { m.part->total = 11; })));
  CHECK_FALSE(a.agrees(with([](wire::message& m) { m.order = 8; })));
  CHECK_FALSE(a.agrees(with([](wire::message& m) { m.channel = {4}; })));
  CHECK_FALSE(a.agrees(with([](wire::message& m) { m.wants_reply = true; })));
  CHECK_FALSE(a.agrees(with([](wire::message& m) { m.mode = delivery_mode::reliable; })));
  CHECK_FALSE(a.agrees(with([](wire::message& m) { m.in_reply_to = wire::request_name{1, false}; })));
  CHECK(a.agrees(with([](wire::message& m) {
    m.part.reset();
    m.bytes = bytes_of("0123456789");
  })));
  CHECK_FALSE(a.agrees(with([](wire::message& m) { m.part.reset(); })));
}

TEST_CASE("a request may be named in 16 or 32 bits, and the newest or the longer name counts") {
  message_outline o = outline(1, 3);
  o.in_reply_to = wire::request_name{5, false};
  assembly a(o, start);
  wire::message m = piece(3, 0, "0");
  m.in_reply_to = wire::request_name{0x70005, true};
  REQUIRE(a.agrees(m));
  a.take(m, start);
  CHECK(a.outline().in_reply_to == wire::request_name{0x70005, true});
  m = piece(3, 1, "1");
  m.in_reply_to = wire::request_name{5, false};
  REQUIRE(a.agrees(m));
  a.take(m, start);
  CHECK(a.outline().in_reply_to == wire::request_name{0x70005, true});
  m.in_reply_to = wire::request_name{0x80005, true};
  CHECK_FALSE(a.agrees(m));
  m.in_reply_to = wire::request_name{6, false};
  CHECK_FALSE(a.agrees(m));
}

TEST_CASE("a claim of sixteen megabytes in pieces of a byte takes little memory and few ranges") {
  assembly a(outline(1, max_message_size), start);
  const std::size_t empty = a.memory();
  std::uint32_t refused = 0;
  for (std::uint32_t i = 0; i < 100000; ++i) {
    const auto why = a.take(piece(max_message_size, 2 * i, "x"), start);
    if (why) ++refused;
    if (why) REQUIRE((why == discard_reason::buffer_full || why == discard_reason::bad_fragment));
  }
  CHECK(a.received() == assembly::max_ranges);
  CHECK(refused == 100000 - assembly::max_ranges);
  CHECK(a.memory() - empty <= 2 * (4 * a.received() + assembly::reach) + 16 * assembly::max_ranges);
}

TEST_CASE("a fragment far ahead of what arrived is refused until the rest has come nearer") {
  constexpr auto reach = static_cast<std::uint32_t>(assembly::reach);
  assembly a(outline(1, max_message_size), start);
  const std::string kilobyte(1024, 'x');
  CHECK(a.take(piece(max_message_size, reach + 3 * 1024 + 1, kilobyte), start) ==
        discard_reason::bad_fragment);
  CHECK(a.memory() < 2048);
  CHECK_FALSE(a.take(piece(max_message_size, 0, kilobyte), start));
  CHECK_FALSE(a.take(piece(max_message_size, reach + 3 * 1024 + 1, kilobyte), start));
  CHECK(a.take(piece(max_message_size, max_message_size - 1024, kilobyte), start) ==
        discard_reason::bad_fragment);
}

TEST_CASE("memory never exceeds what is charged, whatever the size and the pieces") {
  for (const std::uint32_t total : {1U, 100U, 1500U, 5000U, 100000U, 1000000U}) {
    for (const std::uint32_t size : {1U, 7U, 100U, 1100U}) {
      CAPTURE(total, size);
      assembly a(outline(1, total), start);
      const std::string text(size, 'x');
      std::size_t most = 0;
      const auto take = [&](std::uint32_t first, std::uint32_t step) {
        for (std::uint32_t at = first; at < total; at += step) {
          a.take(piece(total, at, std::string_view(text).substr(0, std::min(size, total - at))), start);
          most = std::max(most, a.memory());
        }
      };
      take(size, 2 * size);  // every other piece, as far as they are let in
      take(0, 2 * size);
      take(0, size);
      CHECK(a.complete());
      CHECK(most <= assembly::cost(total));
    }
  }
}

TEST_CASE("what does not grow is given up, messages that are sent once much sooner") {
  assembly_table t;
  t.begin(outline(1, 10), false, start);
  t.begin(outline(2, 10, delivery_mode::unreliable), false, start);
  CHECK(t.charged() == 2 * 10);
  CHECK(t.missing() == 20);
  t.age(start + 2s - 1ns);
  CHECK(t.size() == 2);
  t.age(start + 2s);
  CHECK(t.find({2}) == nullptr);
  CHECK(t.given_up({2}));
  t.take(*t.find({1}), piece(10, 0, "01"), start + 20s);
  CHECK(t.missing() == 8);
  t.take(*t.find({1}), piece(10, 0, "01"), start + 40s);  // nothing new
  t.age(start + 50s - 1ns);
  CHECK(t.find({1}) != nullptr);
  t.age(start + 50s);
  CHECK(t.find({1}) == nullptr);
  CHECK(t.given_up({1}));
  CHECK(t.charged() == 0);
  CHECK(t.missing() == 0);
  t.forget({1});
  t.forget({2});
  CHECK(t.empty());
}

TEST_CASE("a full table gives up the stalest message that is sent once, and no reliable one") {
  assembly_table t;
  for (std::uint64_t id = 0; id < assembly_table::limit; ++id) {
    const bool once = id == 5 || id == 9;
    REQUIRE(t.make_room());
    t.begin(outline(id, 10, once ? delivery_mode::sequenced : delivery_mode::reliable), false, start);
  }
  t.take(*t.find({5}), piece(10, 0, "0"), start + 1ms);
  CHECK(t.make_room());
  CHECK(t.given_up({9}));
  t.begin(outline(100, 10), false, start);
  CHECK(t.make_room());
  CHECK(t.given_up({5}));
  t.begin(outline(101, 10), false, start);
  CHECK_FALSE(t.make_room());
  CHECK(t.size() == assembly_table::limit);
}

TEST_CASE("reliable messages that were given up are remembered, or else not given up") {
  assembly_table t;
  time_point now = start;
  const auto fill_and_age = [&](std::uint64_t first, delivery_mode mode) {
    for (std::uint64_t id = first; t.size() < assembly_table::limit; ++id) {
      t.begin(outline(id, 10, mode), false, now);
    }
    t.age(now += assembly::patience);
  };
  fill_and_age(1000, delivery_mode::unreliable);
  CHECK(t.size() == 0);
  fill_and_age(0, delivery_mode::reliable);
  CHECK(t.size() == 0);
  for (std::uint64_t id = 0; id < 64; ++id) CHECK(t.given_up({id}));
  fill_and_age(100, delivery_mode::reliable);
  CHECK(t.size() == 64);  // there is nowhere to note it
  t.forget({7});
  t.age(now + assembly::patience - 1ns);
  CHECK(t.size() == 64);
  t.age(now + assembly::patience);
  CHECK(t.size() == 63);
  t.begin(outline(200, 10, delivery_mode::unreliable), false, now);
  CHECK(t.make_room());
  CHECK(t.find({200}) == nullptr);
}
