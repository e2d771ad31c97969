// SPDX-License-Identifier: MIT
#include "apps/cli/line_splitter.h"

#include <string>
#include <vector>

#include "tests/support/catch.h"

using namespace dgram::app;

namespace {

std::vector<std::string> all(line_splitter& lines) {
  std::vector<std::string> texts;
  while (const auto line = lines.next()) texts.push_back(line->too_long ? "too long" : line->text);
  return texts;
}

using texts = std::vector<std::string>;

}  // namespace

TEST_CASE("lines come out without their newline, whatever pieces they came in") {
  line_splitter lines(100);
  lines.add("on");
  CHECK(all(lines) == texts{});
  lines.add("e\ntwo\nth");
  CHECK(all(lines) == texts{"one", "two"});
  lines.add("ree\n");
  CHECK(all(lines) == texts{"three"});
  lines.end();
  CHECK(all(lines) == texts{});
  CHECK(lines.finished());
}

TEST_CASE("empty lines are lines, and the end of the last line is not another") {
  line_splitter lines(100);
  lines.add("\n\na\n");
  lines.end();
  CHECK(all(lines) == texts{"", "", "a"});
  CHECK(lines.finished());
}

TEST_CASE("a last line without a newline counts") {
  line_splitter lines(100);
  lines.add("a\nb");
  CHECK(all(lines) == texts{"a"});
  lines.end();
  CHECK_FALSE(lines.finished());
  CHECK(all(lines) == texts{"b"});
  CHECK(lines.finished());
}

TEST_CASE("binary passes, carriage returns and zeros too") {
  line_splitter lines(100);
  const std::string line("\0\xff\r", 3);
  lines.add(line + "\n");
  CHECK(all(lines) == texts{line});
}

TEST_CASE("a line that is too long is reported with its number and size, and the next is whole") {
  line_splitter lines(4);
  lines.add("1234\n12345\nok\n");
  lines.end();
  CHECK(lines.next()->text == "1234");
  const auto too_long = lines.next();
  REQUIRE(too_long);
  CHECK(too_long->too_long);
  CHECK(too_long->number == 2);
  CHECK(too_long->size == 5);
  CHECK(lines.next()->text == "ok");
}

TEST_CASE("an endless line is counted, not kept") {
  line_splitter lines(4);
  for (int i = 0; i < 1000; ++i) {
    lines.add("0123456789");
    CHECK_FALSE(lines.next().has_value());
  }
  lines.add("\nb\n");
  const auto too_long = lines.next();
  REQUIRE(too_long);
  CHECK(too_long->size == 10'000);
  CHECK(lines.next()->text == "b");
}

TEST_CASE("an endless line at the end of the input is one line") {
  line_splitter lines(4);
  lines.add("0123456789");
  CHECK_FALSE(lines.next().has_value());
  lines.end();
  const auto last = lines.next();
  REQUIRE(last);
  CHECK(last->size == 10);
  CHECK(lines.finished());
}
