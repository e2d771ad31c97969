// SPDX-License-Identifier: MIT
#include "apps/cli/units.h"

#include <chrono>
#include <string>

#include "tests/support/catch.h"

using namespace dgram;
using namespace dgram::app;
using namespace std::chrono_literals;

TEST_CASE("a duration is a number and a unit, a bare number is seconds") {
  CHECK(parse_duration("250ms") == 250ms);
  CHECK(parse_duration("2s") == 2s);
  CHECK(parse_duration("1.5s") == 1500ms);
  CHECK(parse_duration("1m") == 1min);
  CHECK(parse_duration("1h") == 1h);
  CHECK(parse_duration("20us") == 20us);
  CHECK(parse_duration("7ns") == 7ns);
  CHECK(parse_duration("3") == 3s);
  CHECK(parse_duration("0") == 0s);
  CHECK(parse_duration(".5") == 500ms);
}

TEST_CASE("what is not wholly a duration is none") {
  for (const char* text : {"", "ms", "1.5x", "-1s", "+1s", "1e3", "inf", "nan", "1 s", " 1s", "1s ", "1..2s",
                           "0x10", "99999999999999999999h", "５s"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_duration(text).has_value());
  }
}

TEST_CASE("a count is decimal digits and nothing else") {
  CHECK(parse_count("0") == 0u);
  CHECK(parse_count("18446744073709551615") == 18446744073709551615u);
  for (const char* text : {"", "-1", "+1", "1.0", "1k", "0x10", " 1", "1 ", "18446744073709551616"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_count(text).has_value());
  }
}

TEST_CASE("sizes know powers of 1000 and of 1024") {
  CHECK(parse_size("64") == 64u);
  CHECK(parse_size("64B") == 64u);
  CHECK(parse_size("1k") == 1000u);
  CHECK(parse_size("1.5k") == 1500u);
  CHECK(parse_size("1Ki") == 1024u);
  CHECK(parse_size("2MiB") == 2u * 1024 * 1024);
  CHECK(parse_size("1g") == 1'000'000'000u);
  for (const char* text : {"", "k", "-1", "1kk", "1x", "1e9", "99999999999g"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_size(text).has_value());
  }
}

TEST_CASE("rates take k, m and g") {
  CHECK(parse_rate("200") == Approx(200));
  CHECK(parse_rate("1.5k") == Approx(1500));
  CHECK(parse_rate("10M") == Approx(10e6));
  CHECK(parse_rate("1g") == Approx(1e9));
  CHECK_FALSE(parse_rate("1.5x").has_value());
}

TEST_CASE("a probability is a fraction or a percentage, never more than one") {
  CHECK(parse_probability("5%") == Approx(0.05));
  CHECK(parse_probability("0.05") == Approx(0.05));
  CHECK(parse_probability("100%") == Approx(1));
  CHECK(parse_probability("0") == Approx(0));
  for (const char* text : {"", "%", "5", "101%", "-1%", "5%%", "0.05x"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_probability(text).has_value());
  }
}

TEST_CASE("durations are shown with three digits and the unit that fits") {
  CHECK(format_duration(210us) == "0.21 ms");
  CHECK(format_duration(5us) == "0.01 ms");
  CHECK(format_duration(1200us) == "1.2 ms");
  CHECK(format_duration(12540us) == "12.5 ms");
  CHECK(format_duration(250ms) == "250 ms");
  CHECK(format_duration(999'900us) == "1 s");
  CHECK(format_duration(5s) == "5 s");
  CHECK(format_duration(5010ms) == "5.01 s");
  CHECK(format_duration(90s) == "90 s");
}

TEST_CASE("sizes and counts are shown as people say them") {
  CHECK(format_size(0) == "0 B");
  CHECK(format_size(999) == "999 B");
  CHECK(format_size(1240) == "1.24 kB");
  CHECK(format_size(3'400'000) == "3.4 MB");
  CHECK(counted(1, "try", "tries") == "1 try");
  CHECK(counted(6, "try", "tries") == "6 tries");
}
