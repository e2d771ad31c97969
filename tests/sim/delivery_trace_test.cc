// SPDX-License-Identifier: MIT
#include "udp/sim/delivery_trace.h"

#include <string>

#include "tests/support/catch.h"

using namespace dgram::sim;

namespace {

std::vector<std::uint32_t> read(std::string_view text) {
  const auto parsed = parse_delivery_trace(text);
  REQUIRE(parsed.index() == 0);
  return std::get<0>(parsed);
}

std::size_t faulty_line(std::string_view text) {
  const auto parsed = parse_delivery_trace(text);
  REQUIRE(parsed.index() == 1);
  CHECK_FALSE(std::get<1>(parsed).what.empty());
  return std::get<1>(parsed).line;
}

}  // namespace

TEST_CASE("a mahimahi trace is read as it is", "[trace]") {
  CHECK(read("0\n5\n5\n12\n") == std::vector<std::uint32_t>{0, 5, 5, 12});
  CHECK(read("7") == std::vector<std::uint32_t>{7});
  CHECK(read("1\r\n2\r\n") == std::vector<std::uint32_t>{1, 2});
  CHECK(read("4294967295\n") == std::vector<std::uint32_t>{4294967295});
}

TEST_CASE("what is no mahimahi trace is refused with the line that is wrong", "[trace]") {
  CHECK(faulty_line("") == 0);
  CHECK(faulty_line("5\n\n7\n") == 2);
  CHECK(faulty_line("5\n4\n") == 2);
  CHECK(faulty_line("0\n0\n") == 2);
  CHECK(faulty_line("1\n2\n-3\n") == 3);
  CHECK(faulty_line("1.5\n") == 1);
  CHECK(faulty_line("1 \n") == 1);
  CHECK(faulty_line("4294967296\n") == 1);
  CHECK(faulty_line(std::string_view("\0\n", 2)) == 1);
  CHECK(faulty_line("hello") == 1);
}

TEST_CASE("a trace without end is refused at its limit", "[trace]") {
  std::string text;
  for (std::size_t i = 0; i < most_delivery_opportunities; ++i) text += "1\n";
  CHECK(read(text).size() == most_delivery_opportunities);
  CHECK(faulty_line(text + "1\n") == most_delivery_opportunities + 1);
}
