// SPDX-License-Identifier: MIT
#include "tests/core/stream_pair.h"
#include "tests/support/catch.h"
#include "udp/core/stream_plain_client.h"
#include "udp/core/stream_plain_server.h"

using namespace dgram;
using namespace dgram::test;
using namespace std::chrono_literals;

namespace {

struct plain_server : end_point {
  explicit plain_server(const stream_options& o = {}) {
    stream = std::make_unique<stream_plain_server>(o, peer_id{1, 1});
    stream->handle_opened(now);
  }
  void take(std::string_view bytes) {
    {
      const std::string borrowed(bytes);
      stream->handle_bytes(view(borrowed), now);
      drain();
      stream->keep();
    }
    drain();
  }
  std::string written() {
    const auto out = text(stream->poll_transmit(now));
    stream->transmitted(out.size(), now);
    drain();
    return out;
  }
  bool wait(duration d) {
    now += d;
    stream->handle_timeout(now);
    drain();
    return stream->connected();
  }
  time_point now{1000s};
};

struct plain_client : plain_server {
  explicit plain_client(const stream_options& o = {}) {
    stream = std::make_unique<stream_plain_client>(o, peer_id{1, 1});
    opened = 0;
  }
  void ask(std::uint64_t t, std::string_view what, duration deadline = 10s, bool wants_reply = true) {
    send_options o;
    o.wants_reply = wants_reply;
    o.deadline = deadline;
    stream->send(view(what), o, ticket{t}, now);
  }
};

}  // namespace

TEST_CASE("Each read from a plain peer is a message, and a reply is its bytes") {
  plain_server server;
  server.take("one");
  server.take("two");
  CHECK(server.arrived == std::vector<std::string>{"one", "two"});
  server.stream->reply(server.requests[0], view("1"), server.now);
  server.stream->reply(server.requests[1], view("2"), server.now);
  CHECK(server.stream->reply(server.requests[1], view("2"), server.now) == send_status::no_peer);
  CHECK(server.written() == "12");
}

TEST_CASE("A read that the user did not take yet is kept, and nothing is read meanwhile") {
  plain_server server;
  server.stream->accept_messages(false);
  server.take("kept");
  CHECK(server.arrived.empty());
  CHECK_FALSE(server.stream->wants_bytes());
  CHECK(server.wait(10min));
  server.stream->accept_messages(true);
  CHECK(server.stream->ready());
  server.drain();
  CHECK(server.arrived == std::vector<std::string>{"kept"});
}

TEST_CASE("A plain peer's end of stream waits for the replies it is owed") {
  plain_server server;
  server.take("question");
  server.stream->handle_end(server.now);
  server.drain();
  CHECK(server.stream->connected());
  CHECK_FALSE(server.stream->wants_bytes());
  server.stream->reply(server.requests[0], view("answer"), server.now);
  CHECK(server.written() == "answer");
  CHECK_FALSE(server.stream->connected());
  CHECK(server.ends == std::vector<end_reason>{end_reason::closed_by_peer});
}

TEST_CASE("A silent plain peer is cut off, one that is owed a reply is not") {
  plain_server server;
  server.take("question");
  CHECK(server.wait(10min));
  server.stream->reply(server.requests[0], view("answer"), server.now);
  server.written();
  CHECK(server.wait(59s));
  CHECK_FALSE(server.wait(1s));
  CHECK(server.ends == std::vector<end_reason>{end_reason::idle});
}

TEST_CASE("What a plain peer is sent unasked has an unknown outcome") {
  plain_server server;
  server.stream->send(view("news"), {}, ticket{1}, server.now);
  server.drain();
  CHECK(server.outcome_of(1) == outcome::unknown);
  CHECK(server.written() == "news");
}

TEST_CASE("A plain client sends its next request when the one before was answered") {
  plain_client client;
  client.ask(1, "one");
  client.ask(2, "two");
  CHECK(client.stream->wants_connection());
  client.stream->handle_opened(client.now);
  CHECK(client.written() == "one");
  CHECK(client.written().empty());
  client.take("1");
  CHECK(client.replies.at(1) == "1");
  CHECK(client.written() == "two");
  client.take("2");
  CHECK(client.replies.at(2) == "2");
  client.take("and more");
  CHECK(client.arrived == std::vector<std::string>{"and more"});
}

TEST_CASE("A plain client's unanswered request ends the connection, not the ones that wait") {
  plain_client client;
  client.ask(1, "one", 1s);
  client.ask(2, "two", 1min);
  client.stream->handle_opened(client.now);
  client.written();
  CHECK(client.wait(999ms));
  CHECK_FALSE(client.wait(1ms));
  CHECK(client.outcome_of(1) == outcome::unanswered);
  CHECK_FALSE(client.outcomes.contains(2));
  CHECK(client.stream->wants_connection());
  client.stream->handle_opened(client.now);
  CHECK(client.written() == "two");
}

TEST_CASE("A plain client's request that was never written expires") {
  plain_client client;
  client.ask(1, "one", 1s);
  client.wait(1s);
  CHECK(client.outcome_of(1) == outcome::expired);
  CHECK(client.outcomes.at(1).tries == 0);
}

TEST_CASE("A plain client's message without a reply is unknown when it is on its way") {
  plain_client client;
  client.ask(1, "one", 10s, false);
  client.ask(2, "two", 10s, false);
  client.stream->handle_opened(client.now);
  CHECK(client.written() == "onetwo");
  CHECK(client.outcome_of(1) == outcome::unknown);
  CHECK(client.outcome_of(2) == outcome::unknown);
}
