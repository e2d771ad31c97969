// SPDX-License-Identifier: MIT
#include "apps/link/link_commands.h"

#include "apps/cli/flags.h"
#include "tests/support/catch.h"

namespace dgram::test {
namespace {

using app::command_words;
using app::cut_command_line;
using app::demand_program;

app::link_command_line cut(std::vector<const char*> arguments) {
  return cut_command_line(arguments);
}

TEST_CASE("what follows the two dashes is the client's command") {
  const auto line = cut({"udp_link", "--loss", "5%", "--", "ping", "-c", "3"});
  CHECK(line.own.size() == 3);
  CHECK(line.server.empty());
  CHECK(line.client == command_words{"ping", "-c", "3"});
}

TEST_CASE("three dashes part the server from the client") {
  const auto line = cut({"udp_link", "--", "iperf3", "-s", "---", "iperf3", "-c", "x"});
  CHECK(line.server == command_words{"iperf3", "-s"});
  CHECK(line.client == command_words{"iperf3", "-c", "x"});
}

TEST_CASE("only the first dashes cut") {
  const auto line = cut({"udp_link", "--", "sh", "--", "x", "---", "sh", "---", "--", "y"});
  CHECK(line.server == command_words{"sh", "--", "x"});
  CHECK(line.client == command_words{"sh", "---", "--", "y"});
}

TEST_CASE("no command at all, and a server alone, leave the rest to us") {
  CHECK(cut({"udp_link"}).own.size() == 1);
  CHECK(cut({"udp_link", "--"}).client.empty());
  const auto line = cut({"udp_link", "--", "server", "---"});
  CHECK(line.server == command_words{"server"});
  CHECK(line.client.empty());
}

TEST_CASE("three dashes without a server are refused") {
  CHECK_THROWS_AS(cut({"udp_link", "--", "---", "client"}), app::usage_error);
}

TEST_CASE("three dashes before the two are a flag that is not known") {
  CHECK(cut({"udp_link", "---", "x"}).own.size() == 3);
}

TEST_CASE("a command that does not exist is named") {
  CHECK_NOTHROW(demand_program({"sh"}));
  CHECK_NOTHROW(demand_program({"/bin/sh"}));
  CHECK_NOTHROW(demand_program({}));
  CHECK_THROWS_WITH(demand_program({"no-such-command"}),
                    "the command 'no-such-command' does not exist in any folder of $PATH");
  CHECK_THROWS_WITH(demand_program({"/etc"}), "the command '/etc' does not exist or is no program");
  CHECK_THROWS_WITH(demand_program({"/etc/passwd"}),
                    "the command '/etc/passwd' does not exist or is no program");
  CHECK_THROWS_AS(demand_program({""}), app::usage_error);
}

}  // namespace
}  // namespace dgram::test
