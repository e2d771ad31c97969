// SPDX-License-Identifier: MIT
// A room over lossy links in virtual time.
#include <algorithm>
#include <cstdio>
#include <string>
#include <vector>

#include "tests/rooms/star.h"
#include "tests/support/catch.h"
#include "tests/support/seed.h"

using namespace std::chrono_literals;
using namespace dgram;
using dgram::test::seed_or;
using dgram::test::star;

TEST_CASE("with a fifth lost each way every member of a room hears the same lines in the same order once") {
  const std::uint64_t seed = seed_or(5);
  CAPTURE(seed);
  constexpr std::size_t members = 8;
  constexpr int lines = 60;
  star room(members, {.delay = 20ms, .jitter = 5ms, .loss = 0.2}, seed);
  std::vector<std::vector<std::string>> heard(members);
  room.on_line = [&](std::size_t who, std::string_view line) {
    if (!line.starts_with("--")) heard[who].emplace_back(line);
  };
  for (std::size_t i = 0; i < members; ++i) room.send(i, "/hello m" + std::to_string(i) + " lobby");
  room.run_for(3s);
  for (int n = 0; n < lines; ++n) {
    for (std::size_t i = 0; i < members; ++i) room.send(i, std::to_string(n));
    room.run_for(37ms);
  }
  room.run_for(20s);
  CHECK(room.refusals.empty());
  REQUIRE(heard[0].size() == members * lines);
  for (const auto& transcript : heard) CHECK(transcript == heard[0]);
  for (std::size_t i = 0; i < members; ++i) {
    std::vector<std::string> own, wanted;
    const std::string name = "m" + std::to_string(i) + ": ";
    std::copy_if(heard[0].begin(), heard[0].end(), std::back_inserter(own),
                 [&](const std::string& line) { return line.starts_with(name); });
    for (int n = 0; n < lines; ++n) wanted.push_back(name + std::to_string(n));
    CHECK(own == wanted);
  }
}

// A session outlives 30 s of silence at the client, and 60 s at the server.
TEST_CASE("a member who was cut off for 25 seconds receives each line that it missed once and in order") {
  const std::uint64_t seed = seed_or(6);
  CAPTURE(seed);
  constexpr std::size_t members = 4;
  star room(members, {.delay = 20ms, .loss = 0.05}, seed);
  std::vector<std::vector<std::string>> heard(members);
  room.on_line = [&](std::size_t who, std::string_view line) { heard[who].emplace_back(line); };
  for (std::size_t i = 0; i < members; ++i) {
    room.send(i, "/hello m" + std::to_string(i) + " lobby");
    room.run_for(200ms);
  }
  room.run_for(3s);
  for (auto& transcript : heard) transcript.clear();
  const auto talk = [&](int from, int to) {
    for (int n = from; n < to; ++n) {
      room.send(static_cast<std::size_t>(n) % (members - 1), std::to_string(n));
      room.run_for(1s);
    }
  };
  talk(0, 5);
  room.cut_off(members - 1, true);
  talk(5, 30);
  const std::size_t before = heard[members - 1].size();
  CHECK(before <= 5);
  room.cut_off(members - 1, false);
  talk(30, 50);
  room.run_for(10s);
  CHECK(heard[0].size() == 50);
  // Nobody was told that it went.
  for (const auto& transcript : heard) CHECK(transcript == heard[0]);
}
