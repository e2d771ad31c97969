// SPDX-License-Identifier: MIT
#include "udp/core/outbox.h"

#include <array>
#include <string>
#include <vector>

#include "tests/core/bytes_of.h"
#include "tests/support/catch.h"
#include "udp/core/message_window.h"

using namespace dgram;
using namespace dgram::test;
using namespace std::chrono_literals;
using ids = std::vector<std::uint64_t>;
using outcomes = std::vector<std::pair<std::uint64_t, outcome>>;  // by ticket

namespace {

wire::request_name name(std::uint32_t id) {
  return {id & 0xffff, false};
}

struct sender {
  outbox out{1024 * 1024};
  time_point now{1h};
  std::uint64_t next_ticket = 0;
  std::array<std::byte, largest_datagram> buffer{};
  std::size_t written = 0;

  sender() { out.limits(1'000'000'000, max_datagram_size); }

  send_status add(std::string_view text, const send_options& o = {}) {
    return out.add(bytes_of(text), o, {next_ticket++}, now);
  }
  send_status add(delivery_mode mode, std::uint16_t max_tries = 0) {
    return add("text", {.mode = mode, .max_tries = max_tries});
  }
  // One datagram of what may leave.
  ids place_one(std::size_t size = max_datagram_size) {
    ids placed;
    wire::datagram_writer datagram(std::span<std::byte>(buffer).first(size), {});
    const auto take = [&](std::optional<outbox::placed> piece) {
      if (piece) placed.push_back(piece->id.value);
      return piece.has_value();
    };
    while (out.next_turn() == outbox::turn::small && take(out.place_small(datagram, !placed.empty(), now))) {
    }
    while (out.next_turn() == outbox::turn::fragment && take(out.place_fragment(datagram, now))) {
    }
    written = datagram.size();
    return placed;
  }
  // Everything that may leave, as one turn would.
  ids place() {
    ids placed;
    for (;;) {
      const ids more = place_one();
      if (more.empty()) return placed;
      placed.insert(placed.end(), more.begin(), more.end());
    }
  }
  ids ride(unsigned copies, duration spacing = {}) {
    ids rode;
    wire::datagram_writer datagram(buffer, {});
    const outbox::ride_rules rules{copies, redundancy::automatic(), 900, spacing};
    out.ride_along(datagram, rules, now, [&](message_id id) { rode.push_back(id.value); });
    return rode;
  }
  bool idle() { return out.next_turn() == outbox::turn::nothing; }
  outcomes told() {
    outcomes all;
    while (const auto r = out.poll_resolution()) all.emplace_back(r->ticket.value, r->report.outcome);
    return all;
  }
  // The frames of the last datagram.
  std::vector<wire::frame> frames() {
    std::vector<wire::frame> all;
    wire::frame_reader reader(std::span<std::byte>(buffer).first(written).subspan(wire::header_size));
    while (const auto f = reader.next()) all.push_back(*f);
    return all;
  }
  wire::message only_message() { return std::get<wire::message>(frames().at(0)); }
};

}  // namespace

TEST_CASE("messages leave in the order they came, and are delivered when acknowledged") {
  sender s;
  for (int i = 0; i < 3; ++i) s.add(delivery_mode::reliable);
  CHECK(s.place() == ids{0, 1, 2});
  CHECK(s.idle());
  s.out.acknowledged({1}, s.now + 5ms);
  const auto r = s.out.poll_resolution();
  REQUIRE(r);
  CHECK(r->ticket == ticket{1});
  CHECK(r->report.outcome == outcome::delivered);
  CHECK(r->report.tries == 1);
  CHECK(r->report.round_trip == 5ms);
  s.out.acknowledged({1}, s.now);
  CHECK(s.told().empty());
}

TEST_CASE("a lost copy is repeated before anything new, if its mode promises so") {
  sender s;
  for (const auto mode : {delivery_mode::unreliable, delivery_mode::sequenced, delivery_mode::reliable,
                          delivery_mode::ordered}) {
    s.add(mode);
  }
  s.place();
  s.add("new");
  for (std::uint64_t id = 0; id < 4; ++id) s.out.copy_lost({id}, s.now);
  CHECK(s.told() == outcomes{{0, outcome::lost}, {1, outcome::lost}});
  CHECK(s.place() == ids{2, 3, 4});
}

TEST_CASE("a message of which another copy is still on its way is not repeated") {
  sender s;
  s.add(delivery_mode::reliable);
  s.place();
  s.out.probe(s.now);
  CHECK(s.place() == ids{0});
  s.out.copy_lost({0}, s.now);
  CHECK(s.idle());
  s.out.copy_lost({0}, s.now);
  CHECK(s.place() == ids{0});
}

TEST_CASE("a message expires at its deadline and not before, sent or not") {
  sender s;
  s.add("sent", {.deadline = 100ms});
  s.place();
  s.add("waiting", {.deadline = 50ms});
  CHECK(s.out.next_deadline() == s.now + 50ms);
  s.out.expire(s.now + 50ms - 1ns);
  CHECK(s.told().empty());
  s.out.expire(s.now + 50ms);
  CHECK(s.told() == outcomes{{1, outcome::expired}});
  CHECK(s.idle());
  s.out.expire(s.now + 100ms);
  CHECK(s.told() == outcomes{{0, outcome::expired}});
  CHECK_FALSE(s.out.awaits_outcome());
}

TEST_CASE("a deadline beyond the end of time is the end of time") {
  sender s;
  s.add("patient", {.deadline = duration::max()});
  CHECK(s.out.next_deadline() == time_point::max());
  s.out.expire(s.now + 1000h);
  CHECK(s.told().empty());
}

TEST_CASE("a cap on tries ends a message when its last copy is lost, or at the next probe") {
  sender s;
  s.add(delivery_mode::reliable, 2);
  s.add(delivery_mode::reliable, 1);
  s.place();
  s.out.copy_lost({0}, s.now);
  CHECK(s.place() == ids{0});
  s.out.copy_lost({0}, s.now);
  CHECK(s.told() == outcomes{{0, outcome::expired}});
  s.out.probe(s.now);
  CHECK(s.told() == outcomes{{1, outcome::expired}});
  CHECK(s.idle());
}

TEST_CASE("a request is answered by its reply, acknowledged or not, and once") {
  sender s;
  s.add("a", {.wants_reply = true});
  s.add("b", {.wants_reply = true});
  s.add("no question");
  s.add("not sent", {.wants_reply = true});
  s.place_one(wire::header_size + 6 + 6 + 15);
  s.out.acknowledged({0}, s.now);
  CHECK(s.told().empty());
  CHECK(s.out.answered(name(0), bytes_of("A"), s.now));
  CHECK(s.out.answered(name(1), bytes_of("B"), s.now));
  CHECK_FALSE(s.out.answered(name(1), bytes_of("B"), s.now));
  CHECK_FALSE(s.out.answered(name(2), bytes_of("?"), s.now));
  CHECK_FALSE(s.out.answered(name(3), bytes_of("?"), s.now));  // a guess: it never left
  CHECK_FALSE(s.out.answered(name(99), bytes_of("?"), s.now));
  CHECK(s.told() == outcomes{{0, outcome::answered}, {1, outcome::answered}});
}

TEST_CASE("an acknowledged request that no reply reaches is unanswered at its deadline") {
  sender s;
  s.add("a", {.wants_reply = true, .deadline = 1s});
  s.place();
  s.out.acknowledged({0}, s.now);
  s.out.copy_lost({0}, s.now);
  s.out.probe(s.now);
  CHECK(s.idle());  // the peer has it: nothing to repeat
  s.out.expire(s.now + 1s);
  CHECK(s.told() == outcomes{{0, outcome::unanswered}});
}

TEST_CASE("an ordered message that was given up goes out as a skip until that is acknowledged") {
  sender s;
  s.add("sent", {.mode = delivery_mode::ordered, .channel = {5}, .deadline = 1s});
  s.place();
  s.add("waiting", {.mode = delivery_mode::ordered, .channel = {5}, .deadline = 1s});
  s.out.expire(s.now + 1s);
  CHECK(s.told() == outcomes{{0, outcome::expired}, {1, outcome::expired}});
  CHECK_FALSE(s.out.awaits_outcome());
  CHECK(s.place_one() == ids{1});  // the other's copy may still arrive
  CHECK(s.frames().at(0) == wire::frame(wire::skip{1, 1, {5}}));
  s.out.copy_lost({0}, s.now);
  s.out.copy_lost({1}, s.now);
  CHECK(s.place() == ids{0, 1});
  s.out.acknowledged({0}, s.now);
  s.out.acknowledged({1}, s.now);
  s.out.copy_lost({0}, s.now);
  CHECK(s.idle());
  CHECK(s.told().empty());
}

TEST_CASE("a probe repeats the oldest messages in flight, one datagram of them") {
  sender s;
  const std::string text(500, 'x');
  for (int i = 0; i < 5; ++i) s.add(text);
  s.place();
  s.out.acknowledged({0}, s.now);
  s.out.probe(s.now);
  CHECK(s.place() == ids{1, 2});
}

TEST_CASE("unacknowledged messages stay within the receiver's window of ids") {
  sender s;
  for (std::uint64_t i = 0; i < message_window::size + 10; ++i) s.add("");
  CHECK(s.place().size() == message_window::size);
  s.out.acknowledged({1}, s.now);
  CHECK(s.idle());  // the first one is still out
  s.out.acknowledged({0}, s.now);
  CHECK(s.place().size() == 2);
}

TEST_CASE("send would block at the limit of bytes and at the limit of messages") {
  sender few;
  few.out = outbox(2000);
  few.out.limits(1'000'000'000, max_datagram_size);
  const std::string text(900, 'x');
  CHECK(few.add(text) == send_status::accepted);
  CHECK(few.add(text) == send_status::accepted);
  CHECK(few.add(text) == send_status::would_block);
  few.place();
  few.out.acknowledged({1}, few.now);
  CHECK(few.add(text) == send_status::accepted);
  CHECK(few.add(std::string(max_message_size + 1, 'x')) == send_status::too_large);
  CHECK(few.add(std::string(max_unreliable_message + 1, 'x'), {.mode = delivery_mode::unreliable}) ==
        send_status::too_large);

  sender many;
  std::size_t accepted = 0;
  while (many.add("") == send_status::accepted) ++accepted;
  CHECK(accepted == 16384 - 2048);
  CHECK(many.out.add_reply({}, {0}, name(0), many.now + 1s, many.now));  // replies have a reserve
}

TEST_CASE("a reply is repeated when its request comes again unless it just left, while it is in flight") {
  sender s;
  const auto reply = s.out.add_reply(bytes_of("reply"), {77}, name(77), s.now + 30s, s.now);
  REQUIRE(reply);
  CHECK_FALSE(s.out.repeat_reply(*reply, s.now));
  const ids first = s.place();
  CHECK_FALSE(s.out.repeat_reply(*reply, s.now - 1ms));
  CHECK(s.out.repeat_reply(*reply, s.now));
  CHECK_FALSE(s.out.repeat_reply(*reply, s.now));
  CHECK(s.place() == first);
  s.out.acknowledged({first.at(0)}, s.now);
  CHECK_FALSE(s.out.repeat_reply(*reply, s.now));
  const auto r = s.out.poll_resolution();
  REQUIRE(r);
  CHECK(r->is_reply);
  CHECK(r->request == message_id{77});
}

TEST_CASE("of an ended session's messages only those move on that the peer cannot have run") {
  sender s;
  s.add("sent early");
  s.add("acknowledged", {.wants_reply = true});
  s.place();
  s.out.acknowledged({1}, s.now);
  s.out.add_reply(bytes_of("reply"), {5}, name(5), s.now + 30s, s.now);
  const time_point safe_since = s.now;
  s.now += 10ms;
  s.add("sent late");
  s.place();
  s.add("waiting", {.mode = delivery_mode::ordered});
  std::vector<outgoing> kept;
  s.out.abandon(safe_since, s.now, kept);
  CHECK(s.told() == outcomes{{0, outcome::unknown}, {1, outcome::unknown}});
  REQUIRE(kept.size() == 2);
  CHECK(text_of(kept[0].bytes) == "sent late");
  CHECK(text_of(kept[1].bytes) == "waiting");
  CHECK_FALSE(s.out.awaits_outcome());

  sender next;
  next.add("first", {.mode = delivery_mode::ordered});
  for (outgoing& m : kept) next.out.adopt(std::move(m));
  CHECK(next.place_one() == ids{0, 1, 2});
  CHECK(std::get<wire::message>(next.frames().at(2)).order == 1);
  next.out.acknowledged({1}, next.now);
  CHECK(next.told() == outcomes{{2, outcome::delivered}});  // the ticket it always had
  next.out.expire(next.now + 11s);
  CHECK(next.told().size() == 2);
}

TEST_CASE("a reply that names its request by 16 bits finds it") {
  sender s;
  for (std::uint64_t i = 0; i < 70000; ++i) {
    s.add("");
    s.place();
    s.out.acknowledged({i}, s.now);
    s.told();
  }
  s.add("question", {.wants_reply = true});
  s.place();
  CHECK(s.out.answered(name(70000), {}, s.now));
}

TEST_CASE("a request that waits long for its reply keeps nobody else from being sent") {
  sender s;
  s.add("patient", {.wants_reply = true});
  s.place();
  s.out.acknowledged({0}, s.now);
  for (std::uint64_t i = 1; i < 100'000; ++i) {
    REQUIRE(s.add("") == send_status::accepted);
    s.place();
    s.out.acknowledged({i}, s.now);
    s.told();
  }
  CHECK_FALSE(s.out.answered(name(0), {}, s.now));  // 16 bits name something newer by now
  CHECK(s.out.answered({0, true}, {}, s.now));
}

TEST_CASE("messages in flight ride along until as many copies are under way as were asked for") {
  sender s;
  s.add("a");
  s.place();
  s.add("b");
  s.place();
  CHECK(s.ride(0).empty());
  CHECK(s.ride(2) == ids{1, 0});
  CHECK(s.ride(2) == ids{1, 0});
  CHECK(s.ride(2).empty());
  s.out.copy_lost({0}, s.now);
  CHECK(s.ride(2) == ids{0});
  CHECK(s.ride(3, 1ms).empty());  // they left just now
}

TEST_CASE("a message says itself how often it rides along, and what is sent once never does") {
  sender s;
  s.add("never", {.redundancy = redundancy::off()});
  s.add("once", {.redundancy = redundancy{1}});
  s.add("unreliable", {.mode = delivery_mode::unreliable});
  s.place();
  CHECK(s.ride(5) == ids{1});
  CHECK(s.ride(5).empty());
}

TEST_CASE("what was lost goes out twice even where nothing rides along") {
  sender s;
  s.add("a");
  s.place();
  s.out.copy_lost({0}, s.now);
  CHECK(s.place() == ids{0});
  CHECK(s.ride(0) == ids{0});
  CHECK(s.ride(0).empty());
}

TEST_CASE("when not all fit those ride along that waited longest") {
  sender s;
  const std::string text(300, 'x');
  for (int i = 0; i < 4; ++i) {
    s.add(text);
    s.place();
    s.now += 1ms;
  }
  CHECK(s.ride(9) == ids{0, 1});
  s.now += 1ms;
  CHECK(s.ride(9) == ids{2, 3});
}

TEST_CASE(
    "a large message leaves in fragments that fill their datagrams, and is delivered when all are there") {
  sender s;
  s.add(std::string(3000, 'x'));
  CHECK(s.place_one() == ids{1});
  const wire::message first = s.only_message();
  REQUIRE(first.part);
  CHECK(first.part == wire::fragment{0, 3000, 0});
  CHECK(s.written == max_datagram_size);
  CHECK(s.place() == ids{2, 3});
  s.out.acknowledged({1}, s.now);
  s.out.acknowledged({3}, s.now);
  CHECK(s.told().empty());
  s.out.copy_lost({2}, s.now);
  CHECK(s.place() == ids{2});
  s.out.acknowledged({2}, s.now);
  CHECK(s.told() == outcomes{{0, outcome::delivered}});
  CHECK(s.out.held_bytes() == 0);
}

TEST_CASE("fragments that no longer fit the path are cut again under new ids") {
  sender s;
  s.add(std::string(2000, 'x'));
  CHECK(s.place() == ids{1, 2});
  s.out.limits(1'000'000'000, 548);
  s.out.copy_lost({1}, s.now);
  s.out.copy_lost({2}, s.now);
  std::size_t sent = 0;
  ids again;
  for (ids one = s.place_one(548); !one.empty(); one = s.place_one(548)) {
    for (const auto& f : s.frames()) sent += std::get<wire::message>(f).bytes.size();
    again.insert(again.end(), one.begin(), one.end());
  }
  CHECK(sent == 2000);
  for (const auto id : again) s.out.acknowledged({id}, s.now);
  CHECK(s.told() == outcomes{{0, outcome::delivered}});
}

TEST_CASE("a whole message that no longer fits the path goes on in fragments of the same message") {
  sender s;
  s.add(std::string(1000, 'x'), {.mode = delivery_mode::ordered});
  CHECK(s.place() == ids{0});
  s.out.limits(1'000'000'000, 548);
  s.out.copy_lost({0}, s.now);
  CHECK(s.place_one(548) == ids{1});
  CHECK(s.only_message().part == wire::fragment{0, 1000, 0});
  s.out.acknowledged({0}, s.now);  // the whole copy arrived after all
  CHECK(s.told() == outcomes{{0, outcome::delivered}});
  CHECK(s.idle());
}

TEST_CASE("a small message on another channel leaves before the rest of a large one") {
  sender s;
  s.add(std::string(1'000'000, 'x'));
  for (int i = 0; i < 5; ++i) s.place_one();
  s.add("small", {.channel = {1}});
  s.place_one();
  CHECK_FALSE(s.only_message().part);
}

TEST_CASE("of what waits the higher priority leaves first, and equal channels take turns") {
  sender s;
  const std::string text(700, 'x');
  for (int i = 0; i < 3; ++i) s.add(text, {.channel = {1}});
  for (int i = 0; i < 3; ++i) s.add(text, {.channel = {2}});
  s.add("urgent", {.channel = {3}, .priority = 1});
  std::vector<int> channels;
  for (int i = 0; i < 7; ++i) {
    s.place_one(i == 0 ? 100 : max_datagram_size);
    channels.push_back(s.only_message().channel.value);
  }
  CHECK(channels == std::vector{3, 1, 2, 1, 2, 1, 2});
}

TEST_CASE("what the peer has no room for waits, and nothing else does") {
  sender s;
  s.out.limits(1500, max_datagram_size);
  s.add(std::string(1000, 'x'));
  s.add(std::string(1000, 'y'));
  s.add("sent once", {.mode = delivery_mode::unreliable, .channel = {1}});
  CHECK(s.place() == ids{0, 1});
  CHECK(s.out.waits_for_credit());
  s.out.acknowledged({0}, s.now);
  CHECK(s.place() == ids{2});
  s.add(std::string(1000, 'z'));
  CHECK(s.idle());
  s.out.limits(2000, max_datagram_size);
  CHECK(s.place() == ids{3});
}

TEST_CASE("a large message that was given up is dropped at the receiver, in its order") {
  sender s;
  s.add(std::string(5000, 'x'), {.mode = delivery_mode::ordered, .channel = {4}, .deadline = 1s});
  CHECK(s.place_one() == ids{1});
  s.out.expire(s.now + 1s);
  CHECK(s.told() == outcomes{{0, outcome::expired}});
  CHECK(s.place_one() == ids{2});
  CHECK(s.frames().at(0) == wire::frame(wire::drop{2, 0, 0, {4}}));
  s.out.acknowledged({1}, s.now);
  s.out.copy_lost({2}, s.now);
  CHECK(s.place() == ids{2});
  s.out.acknowledged({2}, s.now);
  CHECK(s.idle());
  CHECK(s.out.held_bytes() == 0);
}

TEST_CASE("of a large message that is sent once the first lost fragment is the end") {
  sender s;
  s.add(std::string(5000, 'x'), {.mode = delivery_mode::unreliable});
  s.place_one();
  s.place_one();
  s.out.copy_lost({1}, s.now);
  CHECK(s.told() == outcomes{{0, outcome::lost}});
  CHECK(s.idle());
  s.out.acknowledged({2}, s.now);
  CHECK(s.told().empty());
}
