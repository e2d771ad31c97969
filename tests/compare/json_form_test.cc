// SPDX-License-Identifier: MIT
#include "apps/compare/json_form.h"

#include <cmath>
#include <limits>
#include <random>

#include "tests/compare/report_sample.h"
#include "tests/support/catch.h"
#include "tests/support/seed.h"

using namespace dgram::app::compare;
using dgram::duration;
using dgram::test::random_comparison;

namespace {

std::string complaint(std::string_view json) {
  try {
    (void)from_json(json);
  } catch (const std::runtime_error& e) {
    return e.what();
  }
  return "(none)";
}

std::string replaced(std::string text, std::string_view what, std::string_view with) {
  const auto at = text.find(what);
  REQUIRE(at != text.npos);
  return text.replace(at, what.size(), with);
}

std::string small() {
  comparison c;
  c.points.resize(1);
  c.points[0].contenders.resize(1);
  c.points[0].contenders[0].figures["p99_ms"] = {1.5, 1, 2};
  c.points[0].contenders[0].runs.resize(1);
  c.points[0].contenders[0].runs[0].samples.push_back({7, false, duration(5), duration(6), duration(9)});
  return to_json(c);
}

}  // namespace

TEST_CASE("A comparison comes back from JSON exactly as it was") {
  const std::uint64_t seed = dgram::test::seed_or(std::random_device{}());
  INFO("DGRAM_SEED=" << seed);
  std::mt19937_64 random(seed);
  for (int i = 0; i < 30; ++i) {
    const comparison c = random_comparison(random);
    const std::string text = to_json(c);
    const comparison back = from_json(text);
    REQUIRE(c == back);
    CHECK(to_json(back) == text);
  }
}

TEST_CASE("A run comes back from JSON exactly as it was") {
  run r;
  r.seed = std::numeric_limits<std::uint64_t>::max();
  r.failure = "no answer: \"connect\" \n 你好";
  r.first_message = duration(1);
  r.samples.push_back({3, true, duration(-4), std::nullopt, duration(5)});
  r.losses.push_back({duration(6), false});
  CHECK(r == run_from_json(run_to_json(r)));
}

TEST_CASE("Bytes that are not UTF-8 become replacement characters") {
  comparison c;
  c.command = "udp_compare --report \xff.html";
  CHECK(from_json(to_json(c)).command == "udp_compare --report \xef\xbf\xbd.html");
}

TEST_CASE("Foreign and broken JSON is refused with the place and the reason") {
  CHECK_THAT(complaint(""), ContainsSubstring("not JSON"));
  CHECK_THAT(complaint("{\"a\":"), ContainsSubstring("not JSON"));
  CHECK(complaint("[]") == "the file must be an object");
  CHECK(complaint("{}") == "the file has no \"format\"");
  CHECK(complaint("{\"format\":\"other\"}") == "format must be \"udp_compare\"");
  CHECK(complaint(replaced(small(), "\"format_version\":1", "\"format_version\":2")) ==
        "format_version is 2, and this program reads 1 only");
  CHECK(complaint(replaced(small(), "[7,0,5,6,9]", "[7,0,5,6]")) ==
        "points[0].contenders[0].runs[0].samples[0] must be an array of 5 elements");
  CHECK(complaint(replaced(small(), "[7,0,5,6,9]", "[7,2,5,6,9]")) ==
        "points[0].contenders[0].runs[0].samples[0][1] must be a whole number from 0 to 1");
  CHECK(complaint(replaced(small(), "[7,0,5,6,9]", "[7,0,5,9007199254740993,9]")) ==
        "points[0].contenders[0].runs[0].samples[0][3] must be whole nanoseconds, at most 2^53");
  CHECK(complaint(replaced(small(), "1.5", "\"much\"")) ==
        "points[0].contenders[0].figures.p99_ms.value must be a number, \"inf\", \"-inf\" or \"nan\"");
  CHECK_THAT(complaint(replaced(small(), "\"label\"", "\"l\"")), ContainsSubstring("has no \"label\""));
}

TEST_CASE("A complaint about hostile JSON stays one line") {
  for (const std::string text : {"{\"format\":\"a\nb\"}", "\x1b[31m", "{\"a\x01\n\": 1 2}", "\n\n\n}"}) {
    const std::string line = complaint(text);
    INFO(line);
    CHECK(line.size() < 400);
    for (const char c : line) CHECK(static_cast<unsigned char>(c) >= 0x20);
  }
}

TEST_CASE("JSON that is too deep or too much is refused before it costs memory") {
  CHECK_THAT(complaint(std::string(1'000'000, '[')), ContainsSubstring("nested deeper than 16"));
  std::string wide = "[";
  for (std::size_t i = 0; i <= json_limits::values; ++i) wide += "0,";
  CHECK_THAT(complaint(wide + "0]"), ContainsSubstring("more than 8388608 values"));
  std::string members = "{";
  for (int i = 0; i < 100; ++i) members += "\"" + std::to_string(i) + "\":0,";
  CHECK_THAT(complaint(members), ContainsSubstring("more than 64 members"));
  comparison many;
  many.points.resize(json_limits::points + 1);
  CHECK(complaint(to_json(many)) == "points has more than 1000 elements");
}

TEST_CASE("Damaged JSON is refused or read and never does anything else") {
  const std::uint64_t seed = dgram::test::seed_or(std::random_device{}());
  INFO("DGRAM_SEED=" << seed);
  std::mt19937_64 random(seed);
  const std::string good = small();
  for (int i = 0; i < 3000; ++i) {
    std::string bad = good;
    for (auto hits = random() % 3 + 1; hits > 0; --hits) {
      const std::size_t at = random() % bad.size();
      if (random() % 2 == 0)
        bad[at] = static_cast<char>(random());
      else
        bad.erase(at, random() % 8);
    }
    (void)complaint(bad);
  }
}
