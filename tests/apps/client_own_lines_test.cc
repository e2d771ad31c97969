// SPDX-License-Identifier: MIT
#include "apps/client/own_lines.h"

#include "tests/support/catch.h"

using dgram::app::own_lines;

TEST_CASE("a line that was taken is missing until it comes back whichever comes first") {
  own_lines own;
  own.sent("hello");
  own.sent("/me waves");
  CHECK(own.missing() == 0);
  own.resolved(true);
  own.resolved(true);
  CHECK(own.missing() == 2);
  own.came("ada: hello", "ada");
  own.came("bob: hello", "ada");
  CHECK(own.missing() == 1);
  own.came("* ada waves", "ada");
  CHECK(own.missing() == 0);
  own.sent("//who");
  own.came("ada: /who", "ada");
  own.resolved(true);
  CHECK(own.missing() == 0);
}

TEST_CASE("commands and lines that were refused are not waited for") {
  own_lines own;
  for (const char* line : {"/who", "hello", "/join kitchen"}) own.sent(line);
  own.resolved(true);
  own.resolved(false);
  own.resolved(true);
  CHECK(own.missing() == 0);
}
