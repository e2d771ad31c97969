// SPDX-License-Identifier: MIT
#include "udp/sim/fate_record.h"

#include <algorithm>
#include <string>

#include "tests/support/catch.h"
#include "tests/support/seed.h"
#include "udp/sim/random.h"

using namespace dgram::sim;
using namespace std::chrono_literals;
using dgram::duration;

namespace {

std::string with_header(std::string_view lines) {
  return std::string(fate_record_header()) + std::string(lines);
}

fate_record read(const std::string& text) {
  const auto parsed = parse_fate_record(text);
  if (const auto* wrong = std::get_if<text_error>(&parsed))
    FAIL("line " << wrong->line << ' ' << wrong->what);
  return std::get<fate_record>(parsed);
}

std::size_t faulty_line(const std::string& text) {
  const auto parsed = parse_fate_record(text);
  REQUIRE(parsed.index() == 1);
  CHECK_FALSE(std::get<text_error>(parsed).what.empty());
  return std::get<text_error>(parsed).line;
}

// One packet of every kind.
fate_record everything() {
  fate_record all;
  const auto add = [&all](packet_fate f) {
    f.index = all.up.size();
    all.up.push_back(f);
  };
  add({.size = 1500, .delay = 20ms});
  for (const fate f : {fate::lost, fate::outage, fate::overflow, fate::too_big}) add({.size = 7, .fate = f});
  add({.size = 0, .delay = 0ns, .copy = 35ms, .flipped_bits = {}, .copy_flipped_bits = {1, 17}});
  add({.size = 9, .delay = 1ns, .held_back = true, .flipped_bits = {0, 8, 71}});
  add({.size = 9, .delay = 1ns, .held_back = true, .passed_by = 3});
  add({.size = 9, .delay = 1ns, .overtakes = true});
  all.down.push_back({.index = 0, .size = 64, .delay = 1h});
  return all;
}

std::string text_of(const fate_record& record) {
  std::string text(fate_record_header());
  duration at{0};
  for (const packet_fate& f : record.up) append_fate(text, true, at += 1ms, f);
  for (const packet_fate& f : record.down) append_fate(text, false, at += 1ms, f);
  return text;
}

}  // namespace

TEST_CASE("a recording has a line for each packet that a person can read", "[record]") {
  std::string text;
  append_fate(text, true, 1500us,
              {.index = 3, .size = 64, .delay = 20ms, .copy = 25ms, .flipped_bits = {5, 9}});
  append_fate(text, false, 2ms, {.index = 0, .size = 1200, .fate = fate::lost});
  append_fate(text, true, 3ms, {.index = 4, .size = 64, .delay = 1ms, .held_back = true, .passed_by = 2});
  CHECK(text ==
        "up 1500000 3 64 carried 20000000 25000000 - 5,9 -\n"
        "down 2000000 0 1200 lost - - - - -\n"
        "up 3000000 4 64 carried 1000000 - held:2 - -\n");
}

TEST_CASE("what is recorded is read again", "[record]") {
  const fate_record all = everything();
  const fate_record again = read(text_of(all));
  CHECK(again.up == all.up);
  CHECK(again.down == all.down);
}

TEST_CASE("comments and empty lines in a recording are left out", "[record]") {
  const auto record = read(with_header("# 5 % loss\n\nup 0 0 1 lost - - - - -\r\n# end"));
  CHECK(record.up.size() == 1);
  CHECK(record.down.empty());
}

TEST_CASE("what is no recording is refused with the line that is wrong", "[record]") {
  CHECK(faulty_line("") == 1);
  CHECK(faulty_line("up 0 0 1 lost - - - - -\n") == 1);
  CHECK(faulty_line(with_header("")) == 0);
  CHECK(faulty_line(with_header("# only words\n")) == 0);
  const std::string good = "up 0 0 1 lost - - - - -\n";
  for (const char* bad : {
           "up 0 2 1 lost - - - - -",                     // a gap
           "up 0 0 1 lost - - - - -",                     // twice
           "side 0 1 1 lost - - - - -",                   //
           "up -1 1 1 lost - - - - -",                    //
           "up 0 1 4294967296 lost - - - - -",            //
           "up 0 1 1 eaten - - - - -",                    //
           "up 0 1 1 carried -5 - - - -",                 //
           "up 0 1 1 carried 99999999999999999 - - - -",  // three years
           "up 0 1 1 carried 99999999999999999999 - - - -",
           "up 0 1 1 carried 5 x - - -",       //
           "up 0 1 1 carried 5 - held:0 - -",  //
           "up 0 1 1 carried 5 - held: - -",   //
           "up 0 1 1 carried 5 - - 1,,2 -",    //
           "up 0 1 1 carried 5 - - 1, -",      //
           "up 0 1 1 carried 5 - - - ,1",      //
           "up 0 1 1 carried 5 - - -",         // too few
           "up 0 1 1 carried 5 - - - - -",     // too many
           "up  0 1 1 carried 5 - - - -",      //
       }) {
    CAPTURE(bad);
    CHECK(faulty_line(with_header(good + bad + '\n')) == 3);
  }
  std::string flips = "up 0 1 1 carried 5 - - 1";
  for (int i = 0; i < 64; ++i) flips += ",1";
  CHECK(faulty_line(with_header(good + flips + " -\n")) == 3);
}

TEST_CASE("a recording that was cut off is read up to there or refused at its last line", "[record]") {
  const std::string whole = text_of(everything());
  const auto lines = [](std::string_view text) {
    return static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n')) + !text.ends_with('\n');
  };
  std::size_t refused = 0;
  for (std::size_t size = 1; size < whole.size(); ++size) {
    const auto parsed = parse_fate_record(std::string_view(whole).substr(0, size));
    CAPTURE(size);
    if (const auto* record = std::get_if<fate_record>(&parsed)) {
      CHECK(record->up.size() + record->down.size() == lines(whole.substr(0, size)) - 1);
      continue;
    }
    ++refused;
    const text_error& wrong = std::get<text_error>(parsed);
    CHECK((wrong.line == lines(whole.substr(0, size)) || wrong.what == "has no packets"));
  }
  CHECK(refused > whole.size() / 2);
}

TEST_CASE("a damaged recording is read or refused and never misread out of bounds", "[record]") {
  const std::string whole = text_of(everything());
  const std::uint64_t first = dgram::test::seed_or(1);
  for (std::uint64_t seed = first; seed < first + dgram::test::seeds_or(3000); ++seed) {
    random_stream random(seed);
    std::string text = whole;
    for (std::uint32_t i = 0; i <= random.below(4); ++i) {
      const std::size_t at = random.below(static_cast<std::uint32_t>(text.size()));
      if (random.chance(0.5))
        text[at] = static_cast<char>(random.below(256));
      else
        text.erase(at, random.below(20));
    }
    const auto parsed = parse_fate_record(text);
    const auto* record = std::get_if<fate_record>(&parsed);
    CAPTURE(seed);
    if (record == nullptr) {
      const auto most = static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n')) + 1;
      REQUIRE(std::get<text_error>(parsed).line <= most);
      continue;
    }
    for (std::size_t i = 0; i < record->up.size(); ++i) REQUIRE(record->up[i].index == i);
    CHECK(record->up.size() + record->down.size() <= 10);
  }
}
