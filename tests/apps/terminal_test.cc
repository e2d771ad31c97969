// SPDX-License-Identifier: MIT
#include "apps/cli/terminal.h"

#include "tests/support/catch.h"

using namespace dgram::app;

TEST_CASE("Chinese and emoji take two columns, colours none") {
  use_utf8_locale();
  CHECK(display_width("abc") == 3);
  CHECK(display_width("你好") == 4);
  CHECK(display_width("👋") == 2);
  CHECK(display_width("\x1b[2mdim\x1b[0m") == 3);
  CHECK(display_width("") == 0);
}

TEST_CASE("text is cut to a width between characters") {
  use_utf8_locale();
  CHECK(fitting("abcdef", 3) == "abc");
  CHECK(fitting("你好", 3) == "你");
  CHECK(fitting("你好", 4) == "你好");
  CHECK(fitting("ab", 10) == "ab");
}
