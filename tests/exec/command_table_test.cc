// SPDX-License-Identifier: MIT
#include "apps/exec/command_table.h"

#include "apps/cli/flags.h"
#include "tests/support/catch.h"

namespace dgram::app::exec {
namespace {

std::string complaint(const std::vector<std::string>& values) try {
  const command_table table(values);
  return "";
} catch (const usage_error& e) {
  return e.what();
}

TEST_CASE("a command has the name before its first equals sign, or is its own name") {
  const command_table table({"ports=ss -lntu", "df -h", "a=b=c", "env A=1 x", "./x=1", "_-9Z= \tw "});
  REQUIRE(table.size() == 6);
  CHECK(*table.find("ports") == "ss -lntu");
  CHECK(*table.find("df -h") == "df -h");
  CHECK(*table.find("a") == "b=c");
  CHECK(*table.find("env A=1 x") == "env A=1 x");
  CHECK(*table.find("./x=1") == "./x=1");
  CHECK(*table.find("_-9Z") == "w");
  CHECK(table.find("df") == nullptr);
  CHECK(table.find("") == nullptr);
}

TEST_CASE("a command that cannot be is refused with its flag and value") {
  CHECK(complaint({"=ls"}) == "--exec '=ls': there is no name before '='");
  CHECK(complaint({"a="}) == "--exec 'a=': there is no command");
  CHECK(complaint({" \t"}) == "--exec ' \\x09': there is no command");
  CHECK(complaint({""}) == "--exec '': there is no command");
  CHECK(complaint({"a=ls", "a=df"}) == "--exec 'a=df': there is a command 'a' already");
  CHECK(complaint({"ls", "ls "}) == "--exec 'ls ': there is a command 'ls' already");
  CHECK_THAT(complaint({std::string(201, 'x')}), ContainsSubstring("a name has 200 bytes at most"));
  CHECK_THAT(complaint({"a=" + std::string(131'072, 'x')}), ContainsSubstring("131071 bytes at most"));
  CHECK_THAT(complaint({"a=\x1b[2J", "a=\x1b[2J"}), ContainsSubstring("\\x1B[2J"));
}

TEST_CASE("there is an end to the number of commands") {
  std::vector<std::string> many;
  for (std::size_t i = 0; i < command_table::most_commands; ++i) many.push_back("echo " + std::to_string(i));
  CHECK(complaint(many).empty());
  many.emplace_back("echo more");
  CHECK(complaint(many) == "--exec 'echo more': there are 256 commands at most");
}

TEST_CASE("whoever asks for a command that is not there hears which there are") {
  const command_table table({"b=1", "a=2", "df -h"});
  CHECK(table.refusal("x\x1b[2J") == "no such command: x\\x1B[2J; there are: b, a, df -h");
  CHECK(table.refusal("") == "an empty message names no command; there are: b, a, df -h");
  CHECK(table.refusal(std::string(1 << 20, 'x')).size() < 200);
}

TEST_CASE("the list of commands stays short however many there are") {
  std::vector<std::string> many;
  for (int i = 0; i < 200; ++i) many.push_back(std::to_string(i) + std::string(100, 'x'));
  const std::string refusal = command_table(many).refusal("y");
  CHECK(refusal.size() < 2200);
  CHECK_THAT(refusal, ContainsSubstring(" more"));
}

}  // namespace
}  // namespace dgram::app::exec
