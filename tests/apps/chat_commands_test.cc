// SPDX-License-Identifier: MIT
#include "apps/client/chat_commands.h"

#include "tests/support/catch.h"

using namespace dgram::app;
using kind = chat_line::kind;

TEST_CASE("a typed line is a message unless it begins with one slash") {
  CHECK(parse_chat_line("hello").means == kind::message);
  CHECK(parse_chat_line("hello").text == "hello");
  CHECK(parse_chat_line(" /help").means == kind::message);
  CHECK(parse_chat_line("").means == kind::nothing);
}

TEST_CASE("two slashes send a line that begins with one") {
  CHECK(parse_chat_line("//etc/passwd").means == kind::message);
  CHECK(parse_chat_line("//etc/passwd").text == "/etc/passwd");
}

TEST_CASE("a command has a name and an argument") {
  const chat_line line = parse_chat_line("/timeout   2s ");
  CHECK(line.means == kind::command);
  CHECK(line.text == "timeout");
  CHECK(line.argument == "2s");
  CHECK(parse_chat_line("/quit").argument.empty());
  CHECK(parse_chat_line("/").text.empty());
}
