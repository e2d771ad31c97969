// SPDX-License-Identifier: MIT
#include "apps/top/kept_words.h"

#include <string>
#include <vector>

#include "tests/support/catch.h"

using namespace dgram::app;

namespace {

struct said {
  std::vector<std::string> lines;
  kept_words::say to() {
    return [this](std::string_view line) { lines.emplace_back(line); };
  }
};

}  // namespace

TEST_CASE("problems wait for the screen to be free and the last one can be shown meanwhile") {
  said heard;
  kept_words words(false, heard.to());
  words.take("udp_server: one");
  words.take("12 messages in 10 s");
  words.take("udp_server: two");
  CHECK(heard.lines.empty());
  CHECK(words.last_problem() == "two");
  words.release();
  CHECK(heard.lines == std::vector<std::string>{"udp_server: one", "udp_server: two"});
  words.take("udp_server: three");
  CHECK(heard.lines.size() == 3);
}

TEST_CASE("where nobody's screen is disturbed everything is said at once") {
  said heard;
  kept_words words(true, heard.to());
  words.take("udp_server: one");
  words.take("12 messages in 10 s");
  CHECK(heard.lines == std::vector<std::string>{"udp_server: one", "12 messages in 10 s"});
  words.release();
  CHECK(heard.lines.size() == 2);
}

TEST_CASE("a flood of problems is counted and not kept") {
  said heard;
  kept_words words(false, heard.to());
  for (int i = 0; i < 1000; ++i) words.take("udp_server: " + std::to_string(i));
  words.release();
  REQUIRE(heard.lines.size() == 101);
  CHECK(heard.lines[99] == "udp_server: 99");
  CHECK(heard.lines[100] == "udp_server: and 900 problems more");
}
