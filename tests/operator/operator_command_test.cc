// SPDX-License-Identifier: MIT
#include "apps/operator/operator_command.h"

#include "tests/support/catch.h"

using dgram::app::operator_command;
using dgram::app::parse_operator_line;
using kind = operator_command::kind;

namespace {

void check(std::string_view line, kind means, std::string_view who = {}, std::string_view text = {}) {
  CAPTURE(line);
  const operator_command c = parse_operator_line(line);
  CHECK(c.means == means);
  CHECK(c.who == who);
  CHECK(c.text == text);
}

}  // namespace

TEST_CASE("a line without a sign is an answer as it is") {
  check("hello", kind::answer, "", "hello");
  check("  two  spaces ", kind::answer, "", "  two  spaces ");
  check("a @b /c", kind::answer, "", "a @b /c");
  check("windows\r", kind::answer, "", "windows");
  for (const char* line : {"", "   ", "\t", "\r"}) check(line, kind::nothing);
}

TEST_CASE("an at sign names who is answered") {
  check("@ada hello there", kind::answer_to, "ada", "hello there");
  check("@#3 hello", kind::answer_to, "#3", "hello");
  check("@127.0.0.1:50200 x", kind::answer_to, "127.0.0.1:50200", "x");
  check("@阿达   three", kind::answer_to, "阿达", "  three");
  check("@ada", kind::incomplete, "@ada", "TEXT");
  check("@ada  ", kind::incomplete, "@ada", "TEXT");
  check("@", kind::incomplete, "@", "TEXT");
  check("@ x", kind::incomplete, "@", "TEXT");
}

TEST_CASE("doubled signs are text") {
  check("//who", kind::answer, "", "/who");
  check("@@ada hi", kind::answer, "", "@ada hi");
  check("//", kind::answer, "", "/");
}

TEST_CASE("a slash begins a command") {
  check("/all good night", kind::answer_all, "", "good night");
  check("/all", kind::incomplete, "all", "TEXT");
  check("/peers", kind::peers);
  check("/peers  ", kind::peers);
  check("/kick ada", kind::kick, "ada");
  check("/kick @ada ", kind::kick, "ada");
  check("/kick", kind::incomplete, "kick", "NAME");
  check("/stats", kind::stats);
  check("/stop", kind::stop);
  check("/start", kind::start);
  check("/quit", kind::quit);
  check("/help", kind::help);
  check("/quit smoking", kind::excessive, "quit");
  check("/Quit", kind::unknown, "Quit");
  check("/shrug x y", kind::unknown, "shrug");
  check("/", kind::unknown, "");
}
