// SPDX-License-Identifier: MIT
#include "apps/client/message_pipe.h"

#include <string>
#include <vector>

#include <asio/io_context.hpp>

#include "tests/net/fake_endpoint.h"
#include "tests/support/catch.h"

using namespace dgram;
using namespace dgram::app;
using namespace std::chrono_literals;

namespace {

struct fixture {
  asio::io_context context;
  test::fake_endpoint endpoint{context};
  tally counts;
  std::vector<std::string> replies;
  std::vector<std::uint64_t> failures;
  message_pipe pipe;

  explicit fixture(std::size_t window, duration deadline = 1h)
      : pipe(
            [this, peer = endpoint.open({})](std::string_view text, const send_options& how,
                                             message_pipe::on_answer then) {
              endpoint.async_request(peer, bytes_of(text), how, std::move(then));
            },
            {.deadline = deadline}, window, counts,
            {.on_reply = [this](std::string_view text, const pipe_result&) { replies.emplace_back(text); },
             .on_failure = [this](std::uint64_t number, const pipe_result&) { failures.push_back(number); },
             .on_progress = [] {}}) {
    endpoint.longest = max_message_size;
  }

  // Until there is no room.
  std::size_t fill(std::size_t size) {
    const std::string message(size, 'x');
    std::size_t sent = 0;
    for (; pipe.has_room() && sent < 1000; ++sent) pipe.send(message, sent + 1);
    return sent;
  }
  void resolve(std::size_t index, outcome what, const std::string& reply = {}) {
    endpoint.resolve(index, what, reply);
    endpoint.wake();
  }
};

}  // namespace

TEST_CASE("a pipe sends small messages up to its window") {
  fixture f(8);
  CHECK(f.fill(100) == 8);
  f.resolve(0, outcome::answered, "one");
  CHECK(f.pipe.has_room());
}

TEST_CASE("a pipe sends large messages until the bytes of the largest one are on the way") {
  CHECK(fixture(256).fill(max_message_size) == 1);
  CHECK(fixture(256).fill(max_message_size - 1) == 2);
  fixture f(256);
  CHECK(f.fill(5'000'000) == 4);
  // The reply to the second waits for that to the first, and so counts on.
  f.resolve(1, outcome::answered, "two");
  CHECK_FALSE(f.pipe.has_room());
  f.resolve(0, outcome::answered, "one");
  CHECK(f.replies == std::vector<std::string>{"one", "two"});
  CHECK(f.fill(5'000'000) == 2);
}

TEST_CASE("one large message that comes to nothing does not make the server a lost one, two do") {
  fixture f(256, 1ns);
  CHECK(f.fill(max_message_size - 1) == 2);
  f.resolve(0, outcome::expired);
  CHECK_FALSE(f.pipe.lost());
  f.resolve(1, outcome::expired);
  CHECK(f.pipe.lost());
  CHECK(f.failures == std::vector<std::uint64_t>{1, 2});
}
