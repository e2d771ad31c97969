// SPDX-License-Identifier: MIT
#include "apps/link/link_options.h"

#include <array>
#include <cstdlib>
#include <string_view>

#include "apps/cli/exit_code.h"
#include "apps/impairment/shell_word.h"

namespace dgram::app {
namespace {

constexpr std::array own_table{
    flag{"wait-for", "PORT", "Start the client when the server has opened that port (any port)"},
    flag{"ready-timeout", "TIME", "Start it anyway after that time (5s); 0 does not wait"},
    flag{"device-mtu", "BYTES", "Of the devices at both ends, which the kernels know of (1500)"},
    flag{"doctor", "", "Say line by line what works on this system and why not, and end"},
    flag{"json", "FILE",
         "One JSON object per event and line into FILE; stdout belongs to the client's command"},
};

// --json says something else here.
std::vector<flag> table_of_program() {
  std::vector<flag> table(own_table.begin(), own_table.end());
  for (const flag& f : front_flags()) {
    if (f.names != "json") table.push_back(f);
  }
  return table;
}

std::string epilogue() {
  return "Two network namespaces joined by a link as bad as you like, which TCP, UDP and ICMP all cross. "
         "The\n"
         "server's address is in $UDP_LINK_SERVER (198.18.0.2; IPv6: $UDP_LINK_SERVER6), the client's in\n"
         "$UDP_LINK_CLIENT. Without a server command an echo service answers there on port 9000 (and 7) "
         "over\n"
         "UDP and TCP; without a client command you get a shell. Everything ends with the client's command,\n"
         "and nothing is left behind. Without root it needs user namespaces and a /dev/net/tun for "
         "everybody;\n"
         "--doctor says what is missing.\n"
         "\nExamples:\n"
         "  udp_link --loss 5% --delay 20ms                       a shell, and echo at the other end\n"
         "  udp_link --delay 20ms -- ping -c 3 198.18.0.2\n"
         "  udp_link --loss 5% --delay 20ms --seed 1 -- iperf3 -s --- iperf3 -c 198.18.0.2\n"
         "  udp_link --loss 20% -- udp_server --bind 198.18.0.2 --- udp_client 198.18.0.2 -m hello\n"
         "  udp_link set loss=20%                                 changes one that runs\n"
         "\nExit codes: that of the client's command (128 + N when signal N ended it), or udp_link's own:\n" +
         exit_code_table({exit_code::network, exit_code::usage, exit_code::output, exit_code::unsupported,
                          exit_code::interrupted, exit_code::terminated}) +
         "With --duration, 0 when the time is up.\n";
}

std::string joined(const command_words& words) {
  std::string text;
  for (const std::string& word : words) text += ' ' + shell_word(word);
  return text;
}

std::string commands_text(const link_options& options) {
  if (options.server.empty()) return options.client.empty() ? "" : " --" + joined(options.client);
  return " --" + joined(options.server) + " ---" + joined(options.client);
}

}  // namespace

flags link_flags() {
  std::vector<flag> table = table_of_program();
  table.insert(table.end(), impairment_flags().begin(), impairment_flags().end());
  return flags({"udp_link", "Puts a command at each end of a link that loses, delays and throttles.",
                "[-- [SERVER... ---] [CLIENT...]] | set NAME=VALUE... | get | stats", epilogue()},
               table);
}

link_options link_options_from(const flags& given, const link_command_line& line) {
  link_options options;
  options.server = line.server;
  options.client = line.client;
  if (const auto port = given.number("wait-for", 1, 65535)) {
    options.wait_for = static_cast<std::uint16_t>(*port);
    if (line.server.empty()) throw usage_error("--wait-for needs a server command to wait for");
  }
  options.ready_timeout =
      given.time("ready-timeout", duration(0), std::chrono::hours(24)).value_or(options.ready_timeout);
  // RFC 791: every IPv4 network carries 68 bytes.
  options.device_mtu = given.size("device-mtu", 68, 65535).value_or(options.device_mtu);
  options.front = front_options_from(given);
  if (given.text("json") == "") throw usage_error("--json: '' is no name");
  options.json_file = given.text("json").value_or("");
  demand_program(line.server);
  demand_program(line.client);
  options.link = impairment_from(given);
  options.repeat =
      command_to_repeat("udp_link", given, table_of_program(), options.link) + commands_text(options);
  return options;
}

}  // namespace dgram::app
