// SPDX-License-Identifier: MIT
#include <string>
#include <vector>

#include "tests/core/bytes_of.h"
#include "tests/support/catch.h"
#include "udp/core/inbox.h"

using namespace dgram;
using namespace dgram::test;
using namespace std::chrono_literals;
using texts = std::vector<std::string>;
using mode = delivery_mode;
using refusal = std::optional<discard_reason>;

namespace {

constexpr auto full = discard_reason::buffer_full;
constexpr auto bad = discard_reason::bad_fragment;
constexpr auto repeated = discard_reason::repeated_message;

struct receiver {
  explicit receiver(std::size_t room = 100000) : in(room) {}
  inbox in;
  time_point now{1h};
  texts delivered;
  std::vector<inbox::arrival> arrivals;  // their bytes are gone
  std::uint64_t next_id = 100;           // messages have smaller ids

  auto deliver() {
    return [this](const inbox::arrival& a) {
      delivered.push_back(text_of(a.bytes));
      arrivals.push_back(a);
    };
  }
  refusal take(const wire::message& m) {
    in.begin(now);
    return in.take(m, deliver());
  }
  static wire::message fragment(std::uint32_t of, std::uint32_t total, std::uint32_t offset,
                                std::string_view text, mode how = mode::reliable) {
    wire::message m;
    m.mode = how;
    m.bytes = bytes_of(text);
    m.part = wire::fragment{of, total, offset};
    return m;
  }
  refusal part(wire::message m) {
    m.id = static_cast<std::uint16_t>(next_id);
    const auto refused = take(m);
    if (!refused || !inbox::must_come_again(*refused)) ++next_id;
    return refused;
  }
  refusal part(std::uint32_t of, std::uint32_t total, std::uint32_t offset, std::string_view text) {
    return part(fragment(of, total, offset, text));
  }
  refusal ordered_part(std::uint32_t of, std::uint16_t order, std::uint32_t total, std::uint32_t offset,
                       std::string_view text, channel_id channel = {}) {
    wire::message m = fragment(of, total, offset, text, mode::ordered);
    m.order = order;
    m.channel = channel;
    return part(m);
  }
  refusal whole(std::uint16_t id, std::string_view text, mode how = mode::reliable, std::uint16_t order = 0) {
    return take({how, false, id, order, {}, {}, bytes_of(text)});
  }
  refusal drop(std::uint32_t of, std::optional<std::uint16_t> order = std::nullopt) {
    in.begin(now);
    const wire::drop d{static_cast<std::uint16_t>(next_id), of, order, {}};
    const auto refused = in.drop(d, deliver());
    if (!refused || !inbox::must_come_again(*refused)) ++next_id;
    return refused;
  }
  refusal skip(std::uint16_t id, std::uint16_t order) {
    in.begin(now);
    return in.skip({id, order, {}}, deliver());
  }
};

}  // namespace

TEST_CASE("a message in fragments is delivered whole, once, under its own id") {
  receiver r;
  CHECK_FALSE(r.part(7, 6, 3, "def"));
  CHECK(r.delivered.empty());
  CHECK(r.in.held_bytes() == 6);
  CHECK(r.in.missing_bytes() == 3);
  CHECK_FALSE(r.part(7, 6, 0, "abc"));
  CHECK(r.delivered == texts{"abcdef"});
  CHECK(r.arrivals[0].id == message_id{7});
  CHECK(r.in.held_bytes() == 0);
  CHECK(r.in.missing_bytes() == 0);
  CHECK(r.part(7, 6, 0, "abc") == repeated);
  CHECK(r.whole(7, "abcdef") == repeated);
  CHECK(r.delivered.size() == 1);
}

TEST_CASE("the bytes of a message in fragments stay readable until the next datagram") {
  receiver r;
  std::span<const std::byte> bytes;
  r.in.begin(r.now);
  const auto keep = [&](const inbox::arrival& a) { bytes = a.bytes; };
  wire::message m = r.fragment(1, 6, 0, "abc");
  m.id = 50;
  r.in.take(m, keep);
  m = r.fragment(1, 6, 3, "def");
  m.id = 51;
  r.in.take(m, keep);
  CHECK(text_of(bytes) == "abcdef");
  const auto memory = r.in.take_released();
  r.in.begin(r.now);
  CHECK(text_of(bytes) == "abcdef");
}

TEST_CASE("a fragment that comes again is told by its own id, and one cut anew fills what is missing") {
  receiver r;
  wire::message m = r.fragment(7, 6, 0, "abc");
  m.id = 300;
  CHECK_FALSE(r.take(m));
  CHECK(r.take(m) == repeated);
  r.next_id = 301;
  CHECK(r.part(7, 6, 1, "bc") == repeated);
  CHECK_FALSE(r.part(7, 6, 2, "cde"));
  CHECK_FALSE(r.part(7, 6, 4, "ef"));
  CHECK(r.delivered == texts{"abcdef"});
}

TEST_CASE("a whole copy of what began in fragments is delivered, and the fragments no more") {
  receiver r;
  r.part(7, 6, 0, "abc");
  CHECK_FALSE(r.whole(7, "abcdef"));
  CHECK(r.delivered == texts{"abcdef"});
  CHECK(r.in.held_bytes() == 0);
  CHECK(r.part(7, 6, 3, "def") == repeated);
  CHECK(r.whole(7, "abcdef") == repeated);
  r.part(8, 6, 0, "abc");
  CHECK(r.whole(8, "abcd") == bad);
  CHECK_FALSE(r.part(8, 6, 3, "def"));
  CHECK(r.delivered == texts{"abcdef", "abcdef"});
}

TEST_CASE("fragments of a message that came whole are repetitions") {
  receiver r;
  r.whole(7, "abcdef");
  CHECK(r.part(7, 6, 0, "abc") == repeated);
  CHECK(r.part(7, 6, 3, "def") == repeated);
  CHECK(r.delivered.size() == 1);
  CHECK(r.in.held_bytes() == 0);
}

TEST_CASE("a message that began long ago is found by 32 bits of its id") {
  receiver r;
  r.part(7, 6, 0, "abc");
  for (int i = 0; i < 200000; ++i) r.whole(static_cast<std::uint16_t>(r.next_id++), "x");
  r.delivered.clear();
  CHECK(r.in.newest() == message_id{r.next_id - 1});
  CHECK_FALSE(r.part(7, 6, 3, "def"));
  CHECK(r.delivered == texts{"abcdef"});
  CHECK(r.arrivals.back().id == message_id{7});
  CHECK(r.part(7, 6, 0, "abc") == repeated);
}

TEST_CASE("fragments that disagree are not acknowledged, and the message comes to its end") {
  receiver r;
  r.part(7, 6, 0, "abc");
  CHECK(r.part(7, 7, 3, "def") == bad);
  CHECK(r.part(r.fragment(7, 6, 3, "def", mode::unreliable)) == bad);
  CHECK(r.in.held_bytes() == 6);
  CHECK_FALSE(r.part(7, 6, 3, "def"));
  CHECK(r.delivered == texts{"abcdef"});
}

TEST_CASE("totals that alternate neither charge twice nor deliver") {
  receiver r;
  r.part(7, 600, 0, "abc");
  for (std::uint32_t i = 0; i < 1000; ++i) CHECK(r.part(7, 601 + i, 3 * (i % 190), "abc") == bad);
  CHECK(r.in.held_bytes() == 600);
  CHECK(r.delivered.empty());
}

TEST_CASE("a large request is open under its own id, and the same in fragments again is not run again") {
  receiver r;
  wire::message m = r.fragment(7, 6, 0, "abc");
  m.wants_reply = true;
  r.part(m);
  CHECK_FALSE(r.in.requests().may_answer({7}));
  m.part->offset = 3;
  m.bytes = bytes_of("def");
  r.part(m);
  CHECK(r.in.id_of(m) == message_id{7});
  CHECK(r.in.requests().may_answer({7}));
  CHECK(r.in.requests().unsettled() == 1);
  CHECK(r.part(m) == repeated);
  CHECK(r.in.requests().unsettled() == 1);
  CHECK(r.arrivals.at(0).wants_reply);
}

TEST_CASE("a reply is delivered once like any message, and says which request it answers") {
  receiver r;
  wire::message m{mode::reliable, false, 3, 0, wire::request_name{9, false}, {}, bytes_of("small")};
  CHECK_FALSE(r.take(m));
  CHECK(r.take(m) == repeated);
  m = r.fragment(4, 6, 0, "abc");
  m.in_reply_to = wire::request_name{10, false};
  CHECK_FALSE(r.part(m));
  m.part->offset = 3;
  m.bytes = bytes_of("def");
  CHECK_FALSE(r.part(m));
  CHECK(r.delivered == texts{"small", "abcdef"});
  CHECK(r.arrivals[0].in_reply_to == wire::request_name{9, false});
  CHECK(r.arrivals[1].in_reply_to == wire::request_name{10, false});
  CHECK(r.in.requests().unsettled() == 0);
}

TEST_CASE("a request is named by 16 bits while it is one of the newest, by 32 later") {
  receiver r;
  r.whole(5, "request");
  CHECK(r.in.name_of({5}) == wire::request_name{5, false});
  r.next_id = 6;
  while (r.next_id < 5 + 8192) r.whole(static_cast<std::uint16_t>(r.next_id++), "");
  CHECK(r.in.name_of({5}) == wire::request_name{5, false});
  r.whole(static_cast<std::uint16_t>(r.next_id++), "");
  CHECK(r.in.name_of({5}) == wire::request_name{5, true});
  while (r.next_id < 200000) r.whole(static_cast<std::uint16_t>(r.next_id++), "");
  CHECK(r.in.name_of({199990}) == wire::request_name{199990 & 0xffff, false});
  CHECK(r.in.name_of({100000}) == wire::request_name{100000, true});
}

TEST_CASE("a large ordered message takes its place, early or late") {
  receiver r;
  r.ordered_part(8, 1, 6, 0, "abc");
  r.ordered_part(8, 1, 6, 3, "def");
  CHECK(r.delivered.empty());
  CHECK(r.in.held_bytes() == ordering::cost(6));
  r.whole(9, "after", mode::ordered, 2);
  r.ordered_part(7, 0, 6, 0, "ABC");
  CHECK(r.delivered.empty());
  r.ordered_part(7, 0, 6, 3, "DEF");
  CHECK(r.delivered == texts{"ABCDEF", "abcdef", "after"});
  CHECK(r.in.held_bytes() == 0);
  CHECK(r.ordered_part(8, 1, 6, 0, "abc") == repeated);
}

TEST_CASE("a sequenced message in fragments is stale when a newer one was complete before it") {
  receiver r;
  r.part(r.fragment(7, 6, 0, "abc", mode::sequenced));
  r.whole(8, "newer", mode::sequenced);
  CHECK(r.part(r.fragment(7, 6, 3, "def", mode::sequenced)) == discard_reason::stale_sequenced);
  CHECK(r.delivered == texts{"newer"});
  CHECK(r.in.held_bytes() == 0);
}

TEST_CASE("a message that was dropped is forgotten, and its late fragments are acknowledged") {
  receiver r;
  r.part(7, 6, 0, "abc");
  CHECK_FALSE(r.drop(7));
  CHECK(r.in.held_bytes() == 0);
  CHECK(r.part(7, 6, 3, "def") == repeated);
  CHECK_FALSE(r.drop(8));  // of which nothing ever came
  CHECK(r.part(8, 6, 0, "abc") == repeated);
  CHECK(r.whole(8, "abcdef") == repeated);
  CHECK(r.delivered.empty());
  CHECK(r.in.held_bytes() == 0);
}

TEST_CASE("a dropped message frees its place, whatever of it came and whenever") {
  receiver begun, unheard, early;
  begun.ordered_part(7, 0, 6, 0, "abc");
  begun.whole(8, "next", mode::ordered, 1);
  CHECK_FALSE(begun.drop(7, 0));
  CHECK(begun.delivered == texts{"next"});

  unheard.whole(8, "next", mode::ordered, 1);
  CHECK_FALSE(unheard.drop(7, 0));
  CHECK(unheard.delivered == texts{"next"});
  CHECK_FALSE(unheard.drop(7, 0));  // under another id: the place is free already
  unheard.whole(9, "last", mode::ordered, 2);
  CHECK(unheard.delivered == texts{"next", "last"});

  early.ordered_part(7, 1, 6, 0, "abc");
  CHECK_FALSE(early.drop(7, 1));
  early.whole(6, "first", mode::ordered, 0);
  early.whole(8, "next", mode::ordered, 2);
  CHECK(early.delivered == texts{"first", "next"});
  CHECK(early.in.held_bytes() == 0);
}

TEST_CASE("a drop of what was delivered or waits its turn changes nothing") {
  receiver r;
  r.ordered_part(8, 1, 6, 0, "abcdef");
  CHECK_FALSE(r.drop(8, 1));
  r.ordered_part(7, 0, 6, 0, "ABCDEF");
  CHECK_FALSE(r.drop(7, 0));
  CHECK(r.delivered == texts{"ABCDEF", "abcdef"});
  r.whole(9, "next", mode::ordered, 2);
  CHECK(r.delivered.size() == 3);
}

TEST_CASE("a skip ends a message in fragments too") {
  receiver r;
  r.ordered_part(7, 0, 6, 0, "abc");
  CHECK_FALSE(r.skip(7, 0));
  CHECK(r.in.held_bytes() == 0);
  r.whole(8, "next", mode::ordered, 1);
  CHECK(r.delivered == texts{"next"});
}

TEST_CASE("what was given up for its age is not acknowledged any more, until it is dropped or comes whole") {
  receiver r;
  r.part(7, 6, 0, "abc");
  r.ordered_part(8, 0, 6, 0, "abc");
  r.whole(9, "next", mode::ordered, 1);
  r.now += assembly::patience;
  CHECK(r.part(7, 6, 3, "def") == bad);
  CHECK(r.ordered_part(8, 0, 6, 3, "def") == bad);
  CHECK(r.in.held_bytes() == ordering::cost(4));
  CHECK_FALSE(r.whole(7, "abcdef"));
  CHECK(r.part(7, 6, 3, "def") == repeated);
  CHECK(r.delivered == texts{"abcdef"});
  CHECK_FALSE(r.drop(8, 0));
  CHECK(r.delivered == texts{"abcdef", "next"});
  CHECK(r.ordered_part(8, 0, 6, 3, "def") == repeated);
}

TEST_CASE("what a session has no room for is refused, and is new when it comes again") {
  receiver r(4500);
  r.part(7, 4000, 0, "abc");
  CHECK(r.part(8, 1000, 0, "abc") == full);
  CHECK(r.in.held_bytes() == 4000);
  CHECK(r.in.room() == 500);
  CHECK_FALSE(r.drop(7));
  CHECK_FALSE(r.part(8, 1000, 0, "abc"));
  CHECK_FALSE(r.part(8, 1000, 3, std::string(997, 'x')));
  CHECK(r.delivered.size() == 1);
}

TEST_CASE("what a channel waits for gets in beyond the budget, one message at a time") {
  receiver r(3000);
  std::uint16_t order = 1;
  std::uint16_t id = 10;
  while (!r.whole(id, std::string(300, 'x'), mode::ordered, order)) ++id, ++order;
  CHECK(r.ordered_part(5, order, 2000, 0, "abc") == full);
  CHECK_FALSE(r.ordered_part(6, 0, 2000, 0, std::string(1000, 'a')));
  CHECK(r.in.held_bytes() > 3000);
  CHECK(r.in.room() == 0);
  CHECK(r.ordered_part(4, 0, 2000, 0, "abc", {1}) == full);
  CHECK_FALSE(r.ordered_part(6, 0, 2000, 1000, std::string(1000, 'a')));
  CHECK(r.delivered.size() == order);
  CHECK(r.in.held_bytes() == 0);
  CHECK_FALSE(r.ordered_part(4, 0, 1500, 0, "abc", {1}));
  CHECK_FALSE(r.whole(id, std::string(300, 'x'), mode::ordered, order));
}

TEST_CASE("replies have room of their own, but not without end") {
  receiver r(10000);
  r.part(1, 8000, 0, "abc");
  const auto reply = [&](std::uint32_t of, std::uint32_t total) {
    wire::message m = r.fragment(of, total, 0, "abc");
    m.in_reply_to = wire::request_name{1, false};
    return r.part(m);
  };
  CHECK_FALSE(reply(2, max_message_size));
  CHECK(reply(3, max_message_size) == full);
  CHECK_FALSE(r.part(4, 1000, 0, "abc"));  // they take away nobody else's
  CHECK(r.part(5, 2000, 0, "abc") == full);
  CHECK(r.in.held_bytes() <= 10000 + max_message_size);
}

TEST_CASE("what was granted finds its room, whatever its sender does not count") {
  receiver r(10000);
  for (std::uint16_t i = 0; i < 3; ++i) {
    wire::message once = r.fragment(static_cast<std::uint32_t>(1 + i), 3000, 0, "abc");
    once.mode = mode::unreliable;
    CHECK_FALSE(r.part(once));
  }
  CHECK_FALSE(r.part(4, 6000, 0, "abc"));
  CHECK_FALSE(r.part(5, 4000, 0, "abc"));
  CHECK(r.part(6, 1, 0, "a") == full);
}

TEST_CASE("ten thousand messages that only begin hold no more than the table and the budget allow") {
  receiver r(17 * 1024 * 1024);
  std::size_t begun = 0;
  for (std::uint32_t of = 1; of <= 10000; ++of) {
    const auto refused = r.part(1000 + of, 2000, 1999, "x");
    if (!refused) ++begun;
    if (refused) REQUIRE(refused == full);
  }
  CHECK(begun == assembly_table::limit);
  CHECK(r.in.held_bytes() == begun * 2000);
  r.now += assembly::patience;
  r.in.begin(r.now);
  CHECK(r.in.held_bytes() == 0);
}

TEST_CASE("messages that are sent once are small, and make way for others when they lose a part") {
  receiver r(17 * 1024 * 1024);
  CHECK(r.part(r.fragment(1, max_unreliable_message + 1, 0, "x", mode::unreliable)) == bad);
  r.next_id = 2000;
  for (std::uint32_t of = 1000; of < 2000; ++of) {
    CHECK_FALSE(r.part(r.fragment(of, 6, 0, "abc", mode::unreliable)));
  }
  CHECK(r.in.held_bytes() == assembly_table::limit * 6);
  CHECK(r.part(r.fragment(1990 - 64, 6, 3, "def", mode::unreliable)) == bad);
  CHECK_FALSE(r.part(r.fragment(1990, 6, 3, "def", mode::unreliable)));
  CHECK(r.delivered == texts{"abcdef"});
  r.now += assembly::patience_unreliable;
  r.in.begin(r.now);
  CHECK(r.in.held_bytes() == 0);
}

TEST_CASE("a fragment that begins far ahead begins nothing") {
  receiver r(17 * 1024 * 1024);
  CHECK(r.part(7, max_message_size, max_message_size - 3, "abc") == bad);
  CHECK(r.in.held_bytes() == 0);
  CHECK_FALSE(r.part(7, max_message_size, 0, "abc"));
  CHECK(r.part(7, max_message_size, max_message_size - 3, "abc") == bad);
  CHECK_FALSE(r.part(7, max_message_size, 5, "abc"));
}

TEST_CASE("an order no sender would use begins nothing") {
  receiver r;
  CHECK(r.ordered_part(7, ordering::reach, 6, 0, "abc") == discard_reason::malformed);
  CHECK(r.ordered_part(8, 0xffff, 6, 0, "abc") == discard_reason::malformed);
  CHECK(r.in.held_bytes() == 0);
}

TEST_CASE("two messages for one place: the second is refused when it is complete") {
  receiver r;
  r.ordered_part(7, 0, 6, 0, "abc");
  r.whole(8, "other", mode::ordered, 0);
  CHECK(r.delivered == texts{"other"});
  CHECK(r.ordered_part(7, 0, 6, 3, "def") == discard_reason::malformed);
  CHECK(r.delivered.size() == 1);
  CHECK(r.in.held_bytes() == 0);
}
