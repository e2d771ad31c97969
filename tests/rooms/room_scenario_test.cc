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
