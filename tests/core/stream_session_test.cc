// SPDX-License-Identifier: MIT
#include "udp/core/stream_session.h"

#include <random>

#include "tests/core/stream_pair.h"
#include "tests/support/catch.h"

using namespace dgram;
using namespace dgram::test;
using namespace std::chrono_literals;

namespace {

send_options request(duration deadline = 10s) {
  send_options o;
  o.wants_reply = true;
  o.deadline = deadline;
  return o;
}

void echo(stream_pair& pair) {
  pair.on_request = [&pair](const message_arrived& m) {
    if (m.wants_reply) pair.b.stream->reply(m.id, m.bytes, pair.now);
  };
}

// A responder with a scripted peer: bytes go in as they are written here.
struct scripted {
  explicit scripted(const stream_options& o = {}) {
    end.stream = std::make_unique<stream_session>(o, stream_role::responder, peer_id{1, 1});
    end.stream->handle_opened(now);
  }
  void take(const bytes& b) {
    end.stream->handle_bytes(b, now);
    end.drain();
    end.stream->keep();
  }
  void take(const stream_frame& f) {
    bytes b;
    append_frame(b, f);
    take(b);
  }
  void greet() {
    bytes b;
    append_preamble(b, stream_role::initiator);
    take(b);
  }
  // True while the connection holds.
  bool wait(duration d) {
    now += d;
    end.stream->handle_timeout(now);
    end.drain();
    return end.stream->connected();
  }
  std::string written() {
    const auto out = text(end.stream->poll_transmit(now));
    end.stream->transmitted(out.size(), now);
    return out;
  }

  end_point end;
  time_point now{1000s};
};

}  // namespace

TEST_CASE("a peer that closes a second connection before it took anything refuses what was written there") {
  const time_point now{1000s};
  end_point initiator;
  initiator.stream =
      std::make_unique<stream_session>(stream_options{}, stream_role::initiator, peer_id{1, 1});
  const auto connect_and_send = [&](std::uint64_t t, const stream_frame& answer) {
    initiator.stream->handle_opened(now);
    initiator.stream->send(view("text"), {}, ticket{t}, now);
    initiator.stream->transmitted(initiator.stream->poll_transmit(now).size(), now);
    bytes in;
    append_preamble(in, stream_role::responder);
    append_frame(in, answer);
    initiator.stream->handle_bytes(in, now);
    initiator.drain();
  };
  connect_and_send(1, {.kind = frame_kind::ack, .id = {1}});
  initiator.stream->handle_broken(now);
  initiator.drain();
  connect_and_send(2, {.kind = frame_kind::close, .id = {0}});
  CHECK(initiator.outcome_of(1) == outcome::delivered);
  CHECK(initiator.outcome_of(2) == outcome::refused);
  CHECK(initiator.ends == std::vector{end_reason::connection_lost, end_reason::closed_by_peer});
  CHECK(initiator.stream->counted().discarded.total() == 0);
}

TEST_CASE("a reply behind another outcome outlives the read buffer when it is kept") {
  const time_point now{1000s};
  stream_session initiator({}, stream_role::initiator, peer_id{1, 1});
  initiator.handle_opened(now);
  initiator.send(view("no reply"), {}, ticket{1}, now);
  initiator.send(view("please"), request(), ticket{2}, now);
  initiator.transmitted(initiator.poll_transmit(now).size(), now);
  bytes in;
  append_preamble(in, stream_role::responder);
  append_frame(in, {.kind = frame_kind::reply, .id = {2}, .bytes = view("an answer")});
  initiator.handle_bytes(in, now);
  CHECK(std::holds_alternative<session_opened>(initiator.poll_event().value()));
  CHECK(std::get<message_resolved>(initiator.poll_event().value()).ticket == ticket{1});
  initiator.keep();
  initiator.keep();
  std::ranges::fill(in, std::byte{'x'});
  const auto answered = initiator.poll_event();
  REQUIRE(answered);
  CHECK(text(std::get<message_resolved>(*answered).reply) == "an answer");
}

TEST_CASE("A message over a stream arrives and its sender learns so one round trip later") {
  stream_pair pair;
  REQUIRE(pair.send(1, "hello") == send_status::accepted);
  pair.run(100ms);
  REQUIRE(pair.b.arrived == std::vector<std::string>{"hello"});
  REQUIRE(pair.a.outcome_of(1) == outcome::delivered);
  CHECK(pair.a.outcomes.at(1).round_trip == 20ms);
  CHECK(pair.a.outcomes.at(1).tries == 1);
  CHECK(pair.a.opened == 1);
  CHECK(pair.b.opened == 1);
}

TEST_CASE("A request over a stream gets its reply, and the reply carries the acknowledgement") {
  stream_pair pair;
  echo(pair);
  pair.send(1, "ping", request());
  pair.run(100ms);
  CHECK(pair.a.outcome_of(1) == outcome::answered);
  CHECK(pair.a.replies.at(1) == "ping");
  CHECK(pair.b.stream->counted().bytes_sent == preamble_size + frame_header_size + 4);
}

TEST_CASE("An empty message over a stream is a message") {
  stream_pair pair;
  echo(pair);
  pair.send(1, "", request());
  pair.run(100ms);
  CHECK(pair.a.outcome_of(1) == outcome::answered);
  CHECK(pair.b.arrived == std::vector<std::string>{""});
}

TEST_CASE("Ten thousand requests in a pipeline are answered in order, however the stream is cut") {
  for (const std::size_t piece : {1UL, 7UL, 1400UL, 65536UL}) {
    stream_pair pair({}, 0ms);
    pair.piece_size = piece;
    echo(pair);
    const std::uint64_t count = piece == 1 ? 500 : 10000;
    for (std::uint64_t i = 1; i <= count; ++i) {
      while (pair.send(i, "request " + std::to_string(i), request()) == send_status::would_block) {
        pair.run(1ms);
      }
    }
    pair.run(1s);
    REQUIRE(pair.a.replies.size() == count);
    for (std::uint64_t i = 1; i <= count; ++i) {
      REQUIRE(pair.a.replies.at(i) == "request " + std::to_string(i));
      REQUIRE(pair.b.arrived[i - 1] == "request " + std::to_string(i));
    }
  }
}

TEST_CASE("A request that is taken and never answered is unanswered at its deadline") {
  stream_pair pair;
  pair.send(1, "ping", request(500ms));
  pair.run(499ms);
  CHECK(pair.a.outcomes.empty());
  pair.run(1ms);
  CHECK(pair.a.outcome_of(1) == outcome::unanswered);
  CHECK(pair.a.outcomes.at(1).since_sent == 500ms);
}

TEST_CASE("A reply that comes after the deadline is counted and dropped") {
  stream_pair pair;
  pair.send(1, "ping", request(500ms));
  pair.run(600ms);
  pair.reply(pair.b.requests.at(0), "late");
  pair.run(100ms);
  CHECK(pair.a.outcome_of(1) == outcome::unanswered);
  CHECK(pair.a.stream->counted().discarded[discard_reason::late_reply] == 1);
  CHECK(pair.a.stream->connected());
}

TEST_CASE("A message that finds no connection expires at its deadline") {
  stream_pair pair;
  pair.accepts_connections = false;
  send_options how;
  how.deadline = 2s;
  pair.send(1, "hello", how);
  pair.run(3s);
  CHECK(pair.a.outcome_of(1) == outcome::expired);
  CHECK(pair.a.outcomes.at(1).tries == 0);
  CHECK_FALSE(pair.a.stream->wants_connection());
}

TEST_CASE("What was never written waits for the next connection") {
  stream_pair pair;
  pair.accepts_connections = false;
  for (std::uint64_t i = 1; i <= 3; ++i) pair.send(i, std::to_string(i));
  pair.run(1s);
  pair.accepts_connections = true;
  pair.run(1s);
  CHECK(pair.b.arrived == std::vector<std::string>{"1", "2", "3"});
  CHECK(pair.a.outcome_of(3) == outcome::delivered);
}

TEST_CASE("A break makes what was written unknown, and later messages go over the new connection") {
  stream_pair pair;
  pair.send(1, "before");
  pair.run(5ms);
  pair.break_connection();
  CHECK(pair.a.outcome_of(1) == outcome::unknown);
  pair.send(2, "after");
  pair.run(100ms);
  CHECK(pair.a.outcome_of(2) == outcome::delivered);
  CHECK(pair.b.arrived == std::vector<std::string>{"after"});
}

TEST_CASE("A request that was acknowledged before the break is unknown, not unanswered") {
  stream_pair pair;
  pair.send(1, "ping", request());
  pair.run(100ms);
  pair.break_connection();
  CHECK(pair.a.outcome_of(1) == outcome::unknown);
  CHECK(pair.a.ends == std::vector<end_reason>{end_reason::connection_lost});
}

TEST_CASE("A reply to a request of a connection that broke goes nowhere") {
  stream_pair pair;
  pair.send(1, "first", request());
  pair.run(100ms);
  const auto stale = pair.b.requests.at(0);
  pair.break_connection();
  CHECK(pair.b.stream->reply(stale, view("late"), pair.now) == send_status::no_peer);
}

TEST_CASE("A request is replied to once") {
  stream_pair pair;
  pair.send(1, "ping", request());
  pair.run(100ms);
  const auto id = pair.b.requests.at(0);
  CHECK(pair.b.stream->reply(id, view("one"), pair.now) == send_status::accepted);
  CHECK(pair.b.stream->reply(id, view("two"), pair.now) == send_status::no_peer);
  pair.run(100ms);
  CHECK(pair.a.replies.at(1) == "one");
}

TEST_CASE("Replies may come in any order") {
  stream_pair pair;
  for (std::uint64_t i = 1; i <= 200; ++i) pair.send(i, std::to_string(i), request());
  pair.run(100ms);
  auto ids = pair.b.requests;
  std::shuffle(ids.begin(), ids.end(), std::mt19937(3));
  for (const auto& id : ids) pair.reply(id, "r" + std::to_string(id.message.value));
  pair.run(100ms);
  for (std::uint64_t i = 1; i <= 200; ++i) CHECK(pair.a.replies.at(i) == "r" + std::to_string(i));
}

TEST_CASE("A closing peer says how far it got: the rest is refused, and was not run") {
  scripted peer;
  peer.greet();
  for (std::uint64_t t = 1; t <= 3; ++t) {
    peer.end.stream->send(view("m"), t == 1 ? request() : send_options{}, ticket{t}, peer.now);
  }
  peer.written();
  peer.take({.kind = frame_kind::close, .id = {2}});
  CHECK(peer.end.outcome_of(1) == outcome::unknown);
  CHECK(peer.end.outcome_of(2) == outcome::delivered);
  CHECK(peer.end.outcome_of(3) == outcome::refused);
  CHECK(peer.end.ends == std::vector<end_reason>{end_reason::closed_by_peer});
}

TEST_CASE("Closing gives every message its outcome and tells the peer") {
  stream_pair pair;
  pair.send(1, "written", request());
  pair.run(100ms);
  pair.send(2, "waiting");
  pair.a.stream->close(pair.now);
  pair.run(100ms);
  CHECK(pair.a.outcome_of(1) == outcome::unknown);
  CHECK(pair.a.outcome_of(2) == outcome::refused);
  CHECK(pair.a.ends == std::vector<end_reason>{end_reason::closed_here});
  CHECK(pair.b.ends == std::vector<end_reason>{end_reason::closed_by_peer});
  CHECK(pair.send(3, "late") == send_status::no_peer);
}

TEST_CASE("The send buffer is bounded, and room comes back") {
  stream_options o;
  o.send_buffer = 10000;
  stream_pair pair(o);
  const std::string kilobyte(1000, 'x');
  std::uint64_t sent = 0;
  while (pair.send(sent + 1, kilobyte) == send_status::accepted) ++sent;
  CHECK(sent >= 9);
  CHECK(sent <= 10);
  pair.run(100ms);
  CHECK(pair.send(100, kilobyte) == send_status::accepted);
  CHECK(pair.send(101, std::string(o.max_message + 1, 'x')) == send_status::too_large);
}

TEST_CASE("Empty messages fill the send buffer as well") {
  stream_options o;
  o.send_buffer = 10000;
  stream_pair pair(o);
  std::uint64_t sent = 0;
  while (sent < 100000 && pair.send(sent + 1, "") == send_status::accepted) ++sent;
  CHECK(sent < 1000);
}

TEST_CASE("A message larger than the send buffer goes when nothing else waits") {
  stream_options o;
  o.send_buffer = 1000;
  stream_pair pair(o);
  const std::string large(500000, 'y');
  CHECK(pair.send(1, large) == send_status::accepted);
  CHECK(pair.send(2, "small") == send_status::would_block);
  pair.run(100ms);
  CHECK(pair.b.arrived == std::vector<std::string>{large});
}

TEST_CASE("A user who takes no messages stops the stream, and it goes on afterwards") {
  stream_pair pair;
  pair.send(1, "one");
  pair.run(100ms);
  pair.b.stream->accept_messages(false);
  for (std::uint64_t i = 2; i <= 100; ++i) pair.send(i, std::to_string(i));
  pair.run(1s);
  CHECK(pair.b.arrived.size() == 1);
  CHECK_FALSE(pair.b.stream->wants_bytes());
  pair.b.stream->accept_messages(true);
  CHECK(pair.b.stream->ready());
  pair.run(1s);
  CHECK(pair.b.arrived.size() == 100);
  CHECK(pair.a.outcome_of(100) == outcome::delivered);
}

TEST_CASE("Acknowledgements and replies are taken while messages are not") {
  stream_pair pair;
  echo(pair);
  pair.a.stream->accept_messages(false);
  pair.send(1, "ping", request());
  pair.run(100ms);
  CHECK(pair.a.outcome_of(1) == outcome::answered);
}

TEST_CASE("More than a thousand unreplied requests stop the stream until replies make room") {
  stream_pair pair;
  for (std::uint64_t i = 1; i <= 1500; ++i) pair.send(i, "q", request());
  pair.run(1s);
  CHECK(pair.b.requests.size() == 1024);
  CHECK_FALSE(pair.b.stream->wants_bytes());
  for (int i = 0; i < 500; ++i) pair.reply(pair.b.requests.at(static_cast<std::size_t>(i)), "a");
  pair.run(1s);
  CHECK(pair.b.requests.size() == 1500);
}

TEST_CASE("A peer that does not read its replies is not read from, and is cut off in the end") {
  stream_options o;
  o.send_buffer = 100000;
  stream_pair pair(o);
  pair.on_request = [&pair](const message_arrived& m) {
    pair.b.stream->reply(m.id, view(std::string(1000, 'r')), pair.now);
  };
  pair.send(0, "first", request(10min));
  pair.run(100ms);
  pair.b.window_closed = true;
  for (std::uint64_t i = 1; i <= 1000; ++i) pair.send(i, "q", request(10min));
  pair.run(1s);
  CHECK(pair.b.requests.size() < 60);
  CHECK_FALSE(pair.b.stream->wants_bytes());
  pair.run(2min);
  CHECK_FALSE(pair.b.stream->connected());
}

TEST_CASE("An acknowledgement of what was never sent ends the connection") {
  for (const std::uint64_t id : {2ULL, 3ULL, ~0ULL}) {
    scripted peer;
    peer.greet();
    peer.end.stream->send(view("m"), {}, ticket{1}, peer.now);
    peer.written();
    peer.take({.kind = frame_kind::ack, .id = {id}});
    CHECK_FALSE(peer.end.stream->connected());
    CHECK(peer.end.stream->counted().discarded[discard_reason::bad_ack] == 1);
    CHECK(peer.end.outcome_of(1) == outcome::unknown);
  }
}

TEST_CASE("An acknowledgement that takes an earlier one back ends the connection") {
  scripted peer;
  peer.greet();
  for (std::uint64_t t = 1; t <= 3; ++t) peer.end.stream->send(view("m"), {}, ticket{t}, peer.now);
  peer.written();
  peer.take({.kind = frame_kind::ack, .id = {3}});
  CHECK(peer.end.stream->connected());
  peer.take({.kind = frame_kind::ack, .id = {1}});
  CHECK_FALSE(peer.end.stream->connected());
}

TEST_CASE("A reply to what was never asked ends the connection") {
  scripted peer;
  peer.greet();
  peer.take({.kind = frame_kind::reply, .id = {1}});
  CHECK_FALSE(peer.end.stream->connected());
  CHECK(peer.end.stream->counted().discarded[discard_reason::bad_ack] == 1);
}

TEST_CASE("A message id that does not grow ends the connection") {
  scripted peer;
  peer.greet();
  peer.take(stream_frame{.id = {5}});
  CHECK(peer.end.stream->connected());
  peer.take(stream_frame{.id = {5}});
  CHECK_FALSE(peer.end.stream->connected());
  CHECK(peer.end.stream->counted().discarded[discard_reason::malformed] == 1);
  CHECK(peer.end.arrived.size() == 1);
}

TEST_CASE("A stream that only echoes is noticed by the initiator") {
  stream_session session({}, stream_role::initiator, peer_id{1, 1});
  const time_point now{1000s};
  session.send(view("hello"), {}, ticket{1}, now);
  session.handle_opened(now);
  const auto out = session.poll_transmit(now);
  const bytes echoed(out.begin(), out.end());
  session.handle_bytes(echoed, now);
  while (session.poll_event()) {
  }
  CHECK_FALSE(session.connected());
  CHECK(session.counted().discarded[discard_reason::wrong_direction] == 1);
  CHECK(session.counted().unknown == 1);
}

TEST_CASE("A responder says nothing before the initiator's preamble") {
  scripted peer;
  peer.end.stream->send(view("m"), {}, ticket{1}, peer.now);
  CHECK(peer.written().empty());
  peer.greet();
  CHECK(peer.written().size() == preamble_size + frame_header_size + 1);
}

TEST_CASE("A peer that says nothing is cut off") {
  stream_options o;
  o.first_byte_timeout = 7s;
  scripted silent(o);
  CHECK(silent.wait(6999ms));
  CHECK_FALSE(silent.wait(1ms));
}

TEST_CASE("A preamble that stops half-way is cut off") {
  scripted peer;
  peer.take(bytes{std::byte{0x9f}});
  CHECK(peer.wait(4999ms));
  CHECK_FALSE(peer.wait(1ms));
}

TEST_CASE("A frame of which one byte comes each second is cut off after ten seconds") {
  scripted peer;
  peer.greet();
  bytes frame;
  append_frame(frame, {.id = {1}, .bytes = view("a message that takes for ever")});
  int sent = 0;
  while (peer.end.stream->connected()) {
    peer.take(bytes{frame.at(static_cast<std::size_t>(sent++))});
    peer.wait(1s);
  }
  CHECK(sent == 10);
  CHECK(peer.end.stream->counted().discarded[discard_reason::truncated] == 1);
  CHECK(peer.end.arrived.empty());
}

TEST_CASE("A large frame has more time, but not for ever") {
  scripted peer;
  peer.greet();
  bytes frame;
  const bytes large(1024 * 1024);
  append_frame(frame, {.id = {1}, .bytes = large});
  peer.take(bytes(frame.begin(), frame.begin() + 100));
  CHECK(peer.wait(25s));
  CHECK_FALSE(peer.wait(2s));
}

TEST_CASE("An initiator ends an unused connection before the responder would") {
  stream_pair pair;
  pair.send(1, "hello");
  pair.run(29s);
  CHECK(pair.a.stream->connected());
  pair.run(2s);
  CHECK(pair.a.ends == std::vector<end_reason>{end_reason::idle});
  CHECK(pair.b.ends == std::vector<end_reason>{end_reason::closed_by_peer});
  pair.send(2, "again");
  pair.run(100ms);
  CHECK(pair.a.outcome_of(2) == outcome::delivered);
}

TEST_CASE("A connection on which a reply is owed is not idle") {
  stream_pair pair;
  pair.send(1, "slow", request(10min));
  pair.run(5min);
  pair.reply(pair.b.requests.at(0), "done");
  pair.run(100ms);
  CHECK(pair.a.outcome_of(1) == outcome::answered);
}

TEST_CASE("A peer that acknowledges nothing for the idle time is given up") {
  stream_pair pair;
  pair.send(1, "hello");
  pair.run(100ms);
  pair.a.window_closed = true;
  pair.send(2, "into the void");
  pair.run(61s);
  CHECK(pair.a.outcome_of(2) == outcome::expired);
  CHECK(pair.a.ends.size() == 1);
}

TEST_CASE("Whatever breaks, each message has one outcome by its deadline and is run at most once") {
  const std::uint32_t first_seed = 1;
  for (std::uint32_t seed = first_seed; seed < first_seed + 200; ++seed) {
    INFO("seed " << seed);
    std::mt19937 random(seed);
    stream_options o;
    o.send_buffer = 20000;
    stream_pair pair(o, std::chrono::milliseconds(random() % 50));
    pair.piece_size = 1 + random() % 3000;
    std::map<std::string, int> runs;
    pair.on_request = [&](const message_arrived& m) {
      ++runs[text(m.bytes)];
      if (random() % 4 != 0) pair.b.stream->reply(m.id, m.bytes, pair.now);
    };
    std::map<std::uint64_t, time_point> deadlines;
    for (std::uint64_t t = 1; t <= 300; ++t) {
      auto how = request(std::chrono::milliseconds(1 + random() % 3000));
      how.wants_reply = random() % 2 == 0;
      const auto what = std::to_string(t) + std::string(random() % 500, '.');
      if (pair.send(t, what, how) == send_status::accepted) deadlines[t] = pair.now + how.deadline;
      if (random() % 3 == 0) pair.run(std::chrono::milliseconds(random() % 60));
      if (random() % 20 == 0) pair.break_connection();
      if (random() % 20 == 0) pair.accepts_connections = !pair.accepts_connections;
      for (const auto& [id, deadline] : deadlines) {
        if (pair.now >= deadline + 1ms) REQUIRE(pair.a.outcomes.contains(id));
      }
    }
    pair.run(4s);
    REQUIRE(pair.a.outcomes.size() == deadlines.size());
    REQUIRE(pair.a.resolved_twice == 0);
    for (const auto& [what, times] : runs) REQUIRE(times == 1);
    for (const auto& resolved : pair.a.outcomes) {
      const auto name = std::to_string(resolved.first);
      const auto& report = resolved.second;
      const bool heard = report.outcome == outcome::answered || report.outcome == outcome::delivered;
      const auto run = std::any_of(runs.begin(), runs.end(), [&](const auto& r) {
        return r.first.substr(0, r.first.find('.')) == name;
      });
      if (heard) REQUIRE(run);
      if (report.tries == 0) REQUIRE_FALSE(run);
    }
  }
}
