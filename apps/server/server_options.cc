// SPDX-License-Identifier: MIT
#include "apps/server/server_options.h"

#include <array>
#include <string_view>

#include "apps/cli/exit_code.h"
#include "apps/cli/transport_flags.h"

namespace dgram::app {
namespace {

constexpr std::array<std::string_view, 5> reply_kinds{"ack", "echo", "upper", "chat", "operator"};

constexpr std::array table{
    flag{"bind", "ADDR",
         "Address to listen on (127.0.0.1); 0.0.0.0 for all of IPv4, :: for all of IPv6 and IPv4"},
    flag{"p,port", "PORT", "Port to listen on (9000); 0 picks a free one and says which"},
    flag{"port-file", "FILE", "Write the port into FILE once the server is ready"},
    flag{"tcp", "", "Serve TCP instead of UDP"},
    flag{"both", "", "Serve UDP and TCP on one port number"},
    flag{"reply", "KIND",
         "ack (what was received; the default), echo, upper, chat (rooms: see udp_client --name), or "
         "operator (you answer: a line you type goes to the last speaker; /help lists commands)"},
    flag{"reply-text", "TEXT", "With ack: reply TEXT. With echo and upper: TEXT goes before the message"},
    flag{"hold", "TIME",
         "With --reply operator: tell a client so whose message nobody has answered after TIME (4s), before "
         "it gives up waiting; the answer follows. Plain peers wait"},
    flag{"exec", "[NAME=]COMMAND",
         "Run COMMAND in a shell when its NAME is the message, and reply what it writes; may be repeated. "
         "Without a NAME of A-Z a-z 0-9 _ - it is its own name"},
    flag{"exec-timeout", "TIME", "Stop a command after TIME (10s)"},
    flag{"exec-at-once", "N",
         "Commands that run at once (16), a quarter of them for one peer; 1024 more wait in order"},
    flag{"exec-shell", "",
         "Run whatever the message says, on a loopback address only, and not for plain peers"},
    flag{"plain", "",
         "Serve plain UDP and TCP peers on an address that is not loopback too. A plain datagram proves "
         "nothing about its sender"},
    flag{"idle-timeout", "TIME", "Drop TCP peers that say nothing for so long (10m)"},
    flag{"max-peers", "N", "Peers at most (16384)"},
    flag{"metrics", "ADDR:PORT",
         "Publish the figures for Prometheus at http://ADDR:PORT/metrics; PORT alone is one of 127.0.0.1, "
         "port 0 picks a free one"},
    flag{"log-interval", "TIME", "Say each TIME on stderr how much came and went since the last time"},
    flag{"log", "FILE", "Append all events to FILE, one JSON object per line"},
    flag{"log-size", "SIZE", "Begin FILE anew beyond SIZE (10m): server.log becomes server.1.log, and so on"},
    flag{"log-files", "N", "Keep N files of the log (5), the current one among them"},
    flag{"log-rate", "N", "Messages per second that a log has a line for (1000); the others are counted"},
    flag{"top", "",
         "A live table of the peers on the whole screen instead of lines; q ends the server, s sorts, p "
         "pauses"},
    flag{"q,quiet", "", "No line per message, no words but errors"},
    flag{"json", "",
         "One JSON object per event and line on stdout: ready, joined, message, left, interval, summary"},
};

// A server forgets whom it did not hear for a minute, and a command may run for longer without a word, as a
// person may think.
constexpr duration keep_alive_of_slow_answers = std::chrono::seconds(20);

std::string epilogue() {
  return "Examples:\n"
         "  udp_server                                   answer on 127.0.0.1, UDP port 9000\n"
         "  udp_server --both --reply echo               UDP and TCP, send back what came\n"
         "  udp_server --reply-text 服务器已收到您的消息\n"
         "  udp_server --reply echo --reply-text 'Echo=>'\n"
         "  udp_server --both --reply chat               rooms, for udp_client --name ada and for nc\n"
         "  udp_server --both --reply operator           answer by hand\n"
         "  udp_server --exec 'df -h' --exec 'ports=ss -lntu'\n"
         "                                               udp_client -m ports --deadline 30s: more than a "
         "command\n"
         "                                               takes, its wait for others and its reply's way\n"
         "  udp_server --metrics 127.0.0.1:9100 --log-interval 10s --log server.log\n"
         "  udp_server --redundancy off --keep-alive 20s\n"
         "  udp_server --both --reply chat --top         the same, and a live table of who is here\n"
         "  echo hello | nc -u -w1 127.0.0.1 9000        a plain peer gets its reply too\n"
         "\nExit codes:\n" +
         exit_code_table({exit_code::ok, exit_code::network, exit_code::usage, exit_code::output,
                          exit_code::unsupported, exit_code::hung_up, exit_code::interrupted,
                          exit_code::terminated});
}

void read_exec(const flags& given, server_options& options) {
  exec_options& exec = options.exec;
  exec.commands = exec::command_table(given.texts("exec"));
  exec.shell = given.given("exec-shell");
  for (const char* one : {"exec", "exec-shell"}) {
    for (const char* other : {"reply", "reply-text"}) given.exclusive(one, other);
  }
  for (const char* name : {"exec-timeout", "exec-at-once"}) {
    if (given.given(name) && !exec.wanted()) {
      throw usage_error("--" + std::string(name) + " needs --exec or --exec-shell");
    }
  }
  exec.timeout =
      given.time("exec-timeout", std::chrono::milliseconds(1), std::chrono::hours(24)).value_or(exec.timeout);
  exec.at_once = given.number("exec-at-once", 1, 1000).value_or(exec.at_once);
}

}  // namespace

flags server_flags() {
  return flags({"udp_server", "Answers every message, over UDP and over TCP.", "", epilogue()}, table,
               transport_flags());
}

server_options server_options_from(const flags& given) {
  server_options options;
  given.exclusive("tcp", "both");
  options.tcp = given.given("tcp") || given.given("both");
  options.udp = !given.given("tcp");
  options.bind = given.text("bind").value_or(options.bind);
  options.port = static_cast<std::uint16_t>(given.number("port", 0, 65535).value_or(options.port));
  options.port_file = given.text("port-file").value_or("");
  const std::size_t kind = given.choice("reply", reply_kinds).value_or(0);
  options.chat = kind == 3;
  options.operated = kind == 4;
  if (kind < 3) options.reply.kind = static_cast<reply_kind>(kind);
  if (kind >= 3 && given.given("reply-text")) {
    throw usage_error("--reply-text means nothing beside --reply " + std::string(reply_kinds[kind]));
  }
  if (given.given("hold") && !options.operated) throw usage_error("--hold needs --reply operator");
  options.hold =
      given.time("hold", std::chrono::milliseconds(1), std::chrono::hours(24)).value_or(options.hold);
  options.reply.text = given.text("reply-text").value_or("");
  read_exec(given, options);
  options.plain = given.given("plain");
  options.idle_timeout =
      given.time("idle-timeout", std::chrono::milliseconds(1), std::chrono::hours(24 * 365))
          .value_or(options.idle_timeout);
  options.max_peers = given.number("max-peers", 1, 10'000'000).value_or(options.max_peers);
  // With --both they are for the UDP side.
  forbid_transport_flags(given, {"tcp"});
  read_transport_flags(given, options.transport);
  if ((options.exec.wanted() || options.operated) && options.transport.keep_alive == duration{0}) {
    options.transport.keep_alive = keep_alive_of_slow_answers;
  }
  // A line is felt by all who wait for it: one copy of each, without waiting for losses to be seen.
  if (options.chat && !given.given("redundancy")) options.transport.redundancy = redundancy{1};
  options.quiet = given.given("quiet");
  options.json = given.given("json");
  given.exclusive("top", "json");
  options.top = given.given("top");
  if (options.top && options.operated) throw usage_error("--reply operator and --top exclude one another");
  options.reports = report_options_from(given);
  return options;
}

}  // namespace dgram::app
