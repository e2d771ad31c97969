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

constexpr std::size_t plenty = 100000;

struct sender {
  outbox out{1024 * 1024};
  time_point now{1h};
  std::uint64_t next_ticket = 0;

  send_status add(std::string_view text, const send_options& o = {}) {
    return out.add(bytes_of(text), o, {next_ticket++}, now);
  }
  send_status add(delivery_mode mode, std::uint16_t max_tries = 0) {
    return add("text", {.mode = mode, .max_tries = max_tries});
  }
  // Everything that may leave, as one turn would.
  ids place(std::size_t room = plenty) {
    ids placed;
    while (const auto id = out.next(room)) {
      room -= out.size_on_wire(*id);
      out.placed(*id, now);
      placed.push_back(id->value);
    }
    return placed;
  }
  outcomes told() {
    outcomes all;
    while (const auto r = out.poll_resolution()) all.emplace_back(r->ticket.value, r->report.outcome);
    return all;
  }
  wire::frame written(std::uint64_t id) {
    wire::datagram_writer datagram(buffer, {});
    out.write({id}, datagram);
    return *wire::frame_reader(std::span(buffer).first(datagram.size()).subspan(16)).next();
  }
  std::array<std::byte, max_datagram_size> buffer{};
};

}  // namespace

TEST_CASE("messages leave in the order they came, and are delivered when acknowledged") {
  sender s;
  for (int i = 0; i < 3; ++i) s.add(delivery_mode::reliable);
  CHECK(s.place() == ids{0, 1, 2});
  CHECK_FALSE(s.out.has_next());
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
  CHECK_FALSE(s.out.has_next());
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
  CHECK_FALSE(s.out.has_next());
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
  CHECK_FALSE(s.out.has_next());
}

TEST_CASE("a request is answered by its reply, acknowledged or not, and once") {
  sender s;
  s.add("a", {.wants_reply = true});
  s.add("b", {.wants_reply = true});
  s.add("no question");
  s.add("not sent", {.wants_reply = true});
  s.out.placed({0}, s.now);
  s.out.placed({1}, s.now);
  s.out.placed({2}, s.now);
  s.out.acknowledged({0}, s.now);
  CHECK(s.told().empty());
  CHECK(s.out.answered({0}, bytes_of("A"), s.now));
  CHECK(s.out.answered({1}, bytes_of("B"), s.now));
  CHECK_FALSE(s.out.answered({1}, bytes_of("B"), s.now));
  CHECK_FALSE(s.out.answered({2}, bytes_of("?"), s.now));
  CHECK_FALSE(s.out.answered({3}, bytes_of("?"), s.now));  // a guess: it never left
  CHECK_FALSE(s.out.answered({99}, bytes_of("?"), s.now));
  CHECK(s.told() == outcomes{{0, outcome::answered}, {1, outcome::answered}});
}

TEST_CASE("an acknowledged request that no reply reaches is unanswered at its deadline") {
  sender s;
  s.add("a", {.wants_reply = true, .deadline = 1s});
  s.place();
  s.out.acknowledged({0}, s.now);
  s.out.copy_lost({0}, s.now);
  s.out.probe(s.now);
  CHECK_FALSE(s.out.has_next());  // the peer has it: nothing to repeat
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
  CHECK(s.place(wire::skip_size) == ids{1});  // the other's copy may still arrive
  CHECK(s.written(1) == wire::frame(wire::skip{1, 1, {5}}));
  s.out.copy_lost({0}, s.now);
  s.out.copy_lost({1}, s.now);
  CHECK(s.place() == ids{0, 1});
  s.out.acknowledged({0}, s.now);
  s.out.acknowledged({1}, s.now);
  s.out.copy_lost({0}, s.now);
  CHECK_FALSE(s.out.has_next());
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
  CHECK_FALSE(s.out.has_next());  // the first one is still out
  s.out.acknowledged({0}, s.now);
  CHECK(s.place().size() == 2);
}

TEST_CASE("send would block at the limit of bytes and at the limit of messages") {
  sender few;
  few.out = outbox(2000);
  const std::string text(900, 'x');
  CHECK(few.add(text) == send_status::accepted);
  CHECK(few.add(text) == send_status::accepted);
  CHECK(few.add(text) == send_status::would_block);
  few.place();
  few.out.acknowledged({1}, few.now);
  CHECK(few.add(text) == send_status::accepted);
  CHECK(few.add(std::string(max_whole_message + 1, 'x')) == send_status::too_large);

  sender many;
  std::size_t accepted = 0;
  while (many.add("") == send_status::accepted) ++accepted;
  CHECK(accepted == 16384 - 2048);
  CHECK(many.out.add_reply({}, {0}, many.now + 1s, many.now));  // replies have a reserve
}

TEST_CASE("a reply is repeated when its request comes again, and only while it is in flight") {
  sender s;
  const auto id = s.out.add_reply(bytes_of("reply"), {77}, s.now + 30s, s.now);
  REQUIRE(id);
  CHECK_FALSE(s.out.repeat_reply(*id));
  s.place();
  CHECK(s.out.repeat_reply(*id));
  CHECK_FALSE(s.out.repeat_reply(*id));
  CHECK(s.place() == ids{id->value});
  s.out.acknowledged(*id, s.now);
  CHECK_FALSE(s.out.repeat_reply(*id));
  const auto r = s.out.poll_resolution();
  REQUIRE(r);
  CHECK(r->is_reply);
  CHECK(r->in_reply_to == message_id{77});
}

TEST_CASE("of an ended session's messages only those move on that the peer cannot have run") {
  sender s;
  s.add("sent early");
  s.add("acknowledged", {.wants_reply = true});
  s.place();
  s.out.acknowledged({1}, s.now);
  s.out.add_reply(bytes_of("reply"), {5}, s.now + 30s, s.now);
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
  CHECK(next.place() == ids{0, 1, 2});
  CHECK(std::get<wire::message>(next.written(2)).order == 1);
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
  CHECK(s.out.restore(70000 & 0xffff) == message_id{70000});
  CHECK(s.out.answered(s.out.restore(70000 & 0xffff), {}, s.now));
}
