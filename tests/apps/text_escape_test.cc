// SPDX-License-Identifier: MIT
#include "apps/cli/text_escape.h"

#include <string>

#include "tests/support/catch.h"

using namespace dgram::app;

TEST_CASE("valid UTF-8 is shown as it is") {
  CHECK(escaped("hello") == "hello");
  CHECK(escaped("服务器已收到您的消息") == "服务器已收到您的消息");
  CHECK(escaped("👋🏽") == "👋🏽");
  CHECK(escaped("a\\b") == "a\\b");
  CHECK(escaped("").empty());
}

TEST_CASE("control characters are shown as hex") {
  CHECK(escaped("a\nb") == "a\\x0Ab");
  CHECK(escaped("\x1b[2J") == "\\x1B[2J");
  CHECK(escaped(std::string_view("\0", 1)) == "\\x00");
  CHECK(escaped("\x7f") == "\\x7F");
  CHECK(escaped("\xc2\x9b") == "\\xC2\\x9B");  // CSI as one character of C1
}

TEST_CASE("characters that turn the writing direction are shown as hex") {
  CHECK(escaped("\u202e") == "\\xE2\\x80\\xAE");
  CHECK(escaped("\u2066") == "\\xE2\\x81\\xA6");
}

TEST_CASE("invalid UTF-8 is shown as hex, byte by byte") {
  CHECK(escaped("\xff") == "\\xFF");
  CHECK(escaped("\xc0\xaf") == "\\xC0\\xAF");                    // overlong
  CHECK(escaped("\xed\xa0\x80") == "\\xED\\xA0\\x80");           // surrogate
  CHECK(escaped("\xf4\x90\x80\x80") == "\\xF4\\x90\\x80\\x80");  // above U+10FFFF
  CHECK(escaped("\xe4\xbd") == "\\xE4\\xBD");                    // cut short
  CHECK(escaped("a\xe4"
                "b") == "a\\xE4b");
}

TEST_CASE("what is valid and what is not is told apart") {
  CHECK(is_utf8("你好"));
  CHECK(is_utf8(""));
  CHECK_FALSE(is_utf8("\x80"));
  CHECK_FALSE(is_utf8("ok\xc3"));
}

TEST_CASE("long text is cut between characters and says how long it is") {
  CHECK(escaped("abcdef", 3) == "abc… (6 bytes)");
  CHECK(escaped("abc", 3) == "abc");
  CHECK(escaped("你好", 4) == "你… (6 bytes)");
  CHECK(escaped("a\nb", 3) == "a… (3 bytes)");
}
