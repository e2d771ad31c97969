// SPDX-License-Identifier: MIT
// What the suite is measured with: the byte pipe under TCP, and the arithmetic of the bars.
#include <array>
#include <string>

#include "tests/lossy/waiting_time.h"
#include "tests/support/catch.h"
#include "tests/support/stream_pipe.h"

using namespace dgram;
using namespace dgram::test;
using namespace std::chrono_literals;

namespace {

constexpr time_point begin{1h};

// What has arrived by then, as text.
std::string read_at(stream_pipe& pipe, duration when) {
  while (pipe.next_event() && *pipe.next_event() <= begin + when) pipe.advance(*pipe.next_event());
  const std::vector<std::byte> bytes = pipe.read(1'000'000);
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

void write(stream_pipe& pipe, std::string_view text, duration when = {}) {
  pipe.write(std::as_bytes(std::span(text.data(), text.size())), begin + when);
}

}  // namespace

TEST_CASE("the pipe sends a lost segment again one round trip later and what is behind it waits") {
  stream_pipe pipe({.delay = 20ms}, {}, 1, 0);
  pipe.link().lose(0);
  write(pipe, "one ");
  write(pipe, "two ", 10ms);
  CHECK(read_at(pipe, 59ms).empty());
  CHECK_FALSE(pipe.empty());
  CHECK(read_at(pipe, 60ms) == "one two ");
  CHECK(pipe.sent_again() == 1);
  CHECK(pipe.empty());
}

TEST_CASE("the pipe loses nothing and repeats nothing that arrived whatever the link does") {
  const std::uint64_t seed = 3;
  stream_pipe pipe({.delay = 20ms,
                    .loss = 0.3,
                    .duplicate = 0.2,
                    .corrupt = 0.2,
                    .reorder = 0.3,
                    .reorder_least = 1ms,
                    .reorder_most = 30ms},
                   {.segment = 5, .any_length = true}, seed, 0);
  std::string all;
  for (int i = 0; i < 300; ++i) {
    const std::string text = std::to_string(i) + ' ';
    write(pipe, text, i * 1ms);
    all += text;
  }
  CHECK(read_at(pipe, 10s) == all);
  CHECK(pipe.damaged() > 0);
  CHECK(pipe.link().counts().closes());
}

TEST_CASE("the pipe cuts to the MTU what was too big and takes no more than its buffer") {
  stream_pipe pipe({.delay = 20ms, .mtu = 600}, {.buffer = 2000}, 1, 0);
  write(pipe, std::string(1400, 'x'));
  CHECK(pipe.room() == 600);
  CHECK(read_at(pipe, 59ms).empty());
  CHECK(read_at(pipe, 60ms).size() == 1400);
  CHECK(pipe.link().counts().delivered == 3);
  CHECK(pipe.room() == 2000);
}

TEST_CASE("a pipe that was reset forgets what is under way") {
  stream_pipe pipe({.delay = 20ms}, {}, 1, 0);
  pipe.link().lose(1);
  write(pipe, "old");
  write(pipe, "lost");
  pipe.reset();
  write(pipe, "new");
  CHECK(read_at(pipe, 1s) == "new");
}

TEST_CASE("the arithmetic of the bars agrees with what can be computed by hand") {
  // Tries at 0, 10, 20, ... ms, half of which fail: 1/128 is left after seven.
  const auto halves = waiting_time::repeated(0ms, 10ms, 0.5);
  CHECK(halves.all_but(0.5) == 0ms);
  CHECK(halves.all_but(0.008) == 60ms);
  const std::array<duration, 3> at{5ms, 10ms, 35ms};
  CHECK(waiting_time::attempts(at, 0.5, 0.1).all_but(0.05) == 10ms);
  CHECK(waiting_time::attempts(at, 0.5, 0.1).all_but(0.04) == 35ms);
  // Two of these, one after the other: k failures in all with (k + 1) / 2^(k + 2), so (k + 3) / 2^(k + 2)
  // beyond k.
  CHECK(halves.then(halves).all_but(0.07) == 50ms);
  CHECK(halves.then(halves).all_but(0.062) == 60ms);
  // One repair of 40 ms with 0.1, two with 0.01.
  const auto renewed = waiting_time::renewed(20ms, waiting_time::exactly(40ms), 0.1);
  CHECK(renewed.all_but(0.1) == 20ms);
  CHECK(renewed.all_but(0.05) == 60ms);
  CHECK(renewed.all_but(0.005) == 100ms);
  // Behind one of the same each 20 ms: late by its own loss, or by that of the one before with 20 ms less.
  const std::array<duration, 1> every{20ms};
  CHECK(renewed.behind(every).all_but(0.101) == 60ms);
  CHECK(renewed.behind(every).all_but(0.23) == 20ms);
}
