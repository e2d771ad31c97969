// SPDX-License-Identifier: MIT
// What docs/links.md shows is what the code does.
#include <fstream>
#include <iterator>
#include <sstream>
#include <string>

#include "tests/support/catch.h"
#include "udp/sim/fate_record.h"
#include "udp/sim/profiles.h"

using namespace dgram::sim;

namespace {

std::string document() {
  std::ifstream in(std::string(DGRAM_SOURCE_DIR) + "/docs/links.md");
  REQUIRE(in);
  return {std::istreambuf_iterator<char>(in), {}};
}

std::string number(double value) {
  std::ostringstream text;
  text << value;
  return text.str();
}

}  // namespace

TEST_CASE("the recording in docs/links.md is one", "[document]") {
  const std::string text = document();
  const std::string margin = "    ";
  const std::size_t begin = text.find(margin + std::string(fate_record_header()));
  REQUIRE(begin != text.npos);
  std::istringstream example(text.substr(begin, text.find("\n\n", begin) - begin));
  std::string recording;
  for (std::string line; std::getline(example, line);) recording += line.substr(margin.size()) + '\n';
  const auto parsed = parse_fate_record(recording);
  REQUIRE(parsed.index() == 0);
  CHECK(std::get<fate_record>(parsed).up.size() == 1);
  CHECK(std::get<fate_record>(parsed).down.size() == 1);
}

TEST_CASE("the profiles in docs/links.md are those that there are", "[document]") {
  const std::string text = document();
  for (const profile& p : profiles()) {
    const auto delay = std::chrono::duration_cast<std::chrono::milliseconds>(p.up_delay).count();
    const std::string row = "| `" + std::string(p.name) + "` | " + number(p.down_rate * 8 / 1e6) + " | " +
                            number(p.up_rate * 8 / 1e6) + " | " + std::to_string(delay) + " ms | ";
    CAPTURE(row);
    CHECK(text.find(row) != text.npos);
  }
}
