// SPDX-License-Identifier: MIT
#include "apps/relay/relay_options.h"

#include <array>
#include <string_view>
#include <vector>

#include "apps/cli/exit_code.h"
#include "apps/cli/text_escape.h"
#include "udp/net/resolve.h"

namespace dgram::app {
namespace {

constexpr std::array own_table{
    flag{"listen", "[ADDR:]PORT", "Where clients send to; without ADDR 127.0.0.1, port 0 picks a free one"},
    flag{"to", "HOST:PORT", "The server behind the relay"},
    flag{"max-clients", "N", "Clients at once (1024); the one silent longest makes room"},
    flag{"idle", "TIME", "Forget a client that is silent for so long (60s)"},
    flag{"port-file", "FILE", "Write the port into FILE once the relay is ready"},
    flag{"tcp", "", "Not possible: says why"},
};

std::string epilogue() {
  return "Examples:\n"
         "  udp_relay --listen 9001 --to 127.0.0.1:9000 --loss 5% --delay 20ms --seed 1\n"
         "  udp_relay --listen 9001 --to 127.0.0.1:9000 --rate 10m --queue 64KB --up-loss 2% --burst 4\n"
         "  udp_relay set loss=20%                       change the one that runs, from now on\n"
         "  udp_relay set outage=0s..5s                  out for 5 seconds, counted from now\n"
         "  udp_relay get; udp_relay stats               its settings and its counts\n"
         "  udp_relay reset                              the settings it began with\n"
         "\nExit codes:\n" +
         exit_code_table({exit_code::ok, exit_code::network, exit_code::usage, exit_code::output,
                          exit_code::unsupported, exit_code::interrupted, exit_code::terminated});
}

struct host_and_port {
  std::string host;
  std::uint16_t port;
};

// "9001", "127.0.0.1:9001", "[::1]:9001".
host_and_port split(const std::string& name, const std::string& text, const std::string& default_host,
                    std::uint64_t least_port) {
  const std::size_t colon = text.rfind(':');
  std::string host = colon == text.npos ? default_host : text.substr(0, colon);
  const std::string port = colon == text.npos ? text : text.substr(colon + 1);
  if (host.size() > 2 && host.front() == '[' && host.back() == ']') host = host.substr(1, host.size() - 2);
  const bool lone_ipv6 = host.find(':') != host.npos && text.front() != '[';
  if (host.empty() || lone_ipv6) {
    throw usage_error(name + ": '" + escaped(text, 60) +
                      "' is not an address and a port (such as 127.0.0.1:9000 or [::1]:9000)");
  }
  return {host, static_cast<std::uint16_t>(number_between(name, port, least_port, 65535))};
}

address resolved(const host_and_port& where) {
  return resolve(where.host, where.port).front();
}

// All but the impairments.
std::vector<flag> run_table() {
  std::vector<flag> table(own_table.begin(), own_table.end());
  table.insert(table.end(), front_flags().begin(), front_flags().end());
  return table;
}

}  // namespace

flags relay_flags() {
  std::vector<flag> table = run_table();
  table.insert(table.end(), impairment_flags().begin(), impairment_flags().end());
  return flags({"udp_relay", "Carries UDP between clients and a server over a link as bad as you like.",
                "[get | set NAME=VALUE... | stats | reset]", epilogue()},
               table);
}

relay_run_options relay_options_from(const flags& given) {
  relay_run_options options;
  if (given.given("tcp")) {
    throw usage_error(
        "--tcp: a relay of byte streams cannot lose packets, because its own kernel has acknowledged the "
        "bytes "
        "before the relay sees them, and TCP would never send them again. udp_link carries TCP over a link "
        "that "
        "does lose packets");
  }
  options.link = impairment_from(given);
  const auto listen = given.text("listen");
  const auto to = given.text("to");
  if (!listen) throw usage_error("--listen [ADDR:]PORT is missing: where clients are to send to");
  if (!to) throw usage_error("--to HOST:PORT is missing: the server behind the relay");
  const auto listen_at = split("--listen", *listen, "127.0.0.1", 0);
  const auto server_at = split("--to", *to, "", 1);
  options.relay.max_clients = given.number("max-clients", 1, 65536).value_or(options.relay.max_clients);
  options.relay.idle = given.time("idle", std::chrono::milliseconds(1), std::chrono::hours(24 * 365))
                           .value_or(options.relay.idle);
  options.port_file = given.text("port-file").value_or("");
  options.front = front_options_from(given);
  options.command = command_to_repeat("udp_relay", given, run_table(), options.link);
  options.relay.listen = resolved(listen_at);
  options.relay.to = resolved(server_at);
  return options;
}

}  // namespace dgram::app
