// SPDX-License-Identifier: MIT
// udp_link: a command at each end of a bad link, in two network namespaces.
#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <span>
#include <system_error>

#include "apps/cli/run_program.h"
#include "apps/cli/start_up_error.h"
#include "apps/cli/text_escape.h"
#include "apps/impairment/control_client.h"
#include "apps/impairment/schedule_keeper.h"
#include "apps/link/link_doctor.h"
#include "apps/link/link_run.h"
#include "udp/net/address_text.h"

namespace dgram::app {
namespace {

// Cut off before flags are read: what follows "--" is not ours to understand.
link_command_line command_line;

void set_environment(const tun_pair& pair) {
  ::setenv("UDP_LINK_SERVER", host_of(tun_pair::address_of(side::server)).c_str(), 1);
  ::setenv("UDP_LINK_CLIENT", host_of(tun_pair::address_of(side::client)).c_str(), 1);
  if (!pair.has_ipv6()) return;
  ::setenv("UDP_LINK_SERVER6", host_of(tun_pair::address_v6_of(side::server)).c_str(), 1);
  ::setenv("UDP_LINK_CLIENT6", host_of(tun_pair::address_v6_of(side::client)).c_str(), 1);
}

command_words shell() {
  const char* wanted = std::getenv("SHELL");
  return {wanted != nullptr && *wanted != '\0' ? wanted : "/bin/sh"};
}

std::array<link_command, 2> commands_of(const link_options& options, const terminal_job& terminal) {
  link_command client;
  client.words = options.client.empty() ? shell() : options.client;
  client.foreground = terminal.lends();
  // In a pipeline at a terminal the command must stay in the group that may read from it.
  client.own_group = terminal.lends() || ::isatty(STDIN_FILENO) == 0;
  link_command server;
  server.words = options.server;
  server.owns_streams = false;
  return {client, server};
}

int open_for_events(const std::string& file) {
  const int descriptor = ::open(file.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
  if (descriptor >= 0) return descriptor;
  throw start_up_error(exit_code::output, "--json: '" + escaped(file, 200) + "' cannot be written: " +
                                              std::generic_category().message(errno));
}

exit_code run(const flags& given) {
  if (given.given("doctor")) return print_doctor();
  if (!given.positional().empty()) {
    const std::string& word = given.positional().front();
    if (word != "get" && word != "set" && word != "stats" && word != "reset") {
      throw usage_error("'" + escaped(word, 60) +
                        "' is one argument too many: a command to run stands after --");
    }
    return run_control_command("udp_link", given.text("control").value_or(""), given.positional(),
                               given.given("json"));
  }
  link_options options = link_options_from(given, command_line);
  // In this order: both need a process without other threads, and what the commands inherit must be as we
  // found it.
  const tun_pair pair({options.device_mtu});
  set_environment(pair);
  terminal_job terminal;
  command_runner commands(pair, commands_of(options, terminal));
  if (!options.json_file.empty()) options.front.json_to = open_for_events(options.json_file);
  keep_schedule();
  asio::io_context context(1);
  return link_run(context, options, pair, commands, terminal).run();
}

}  // namespace
}  // namespace dgram::app

int main(int argc, char** argv) {
  using namespace dgram::app;
  const auto declare = [] { return link_flags(); };
  try {
    command_line = cut_command_line(std::span(argv, static_cast<std::size_t>(argc)));
  } catch (const usage_error& e) {
    ::fprintf(stderr, "udp_link: %s (udp_link --help shows the flags)\n", e.what());
    return static_cast<int>(exit_code::usage);
  }
  return run_program({"udp_link", declare, run}, static_cast<int>(command_line.own.size()),
                     command_line.own.data());
}
