// SPDX-License-Identifier: MIT
#include "apps/client/client_options.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "apps/cli/exit_code.h"
#include "apps/cli/transport_flags.h"
#include "apps/client/endpoints.h"
#include "apps/rooms/names.h"

namespace dgram::app {
namespace {

using namespace std::chrono_literals;

constexpr std::array<std::string_view, 4> modes{"unreliable", "sequenced", "reliable", "ordered"};

constexpr std::array table{
    flag{"host", "HOST", "Name or address of the server (127.0.0.1); the same as the first argument"},
    flag{"p,port", "PORT", "Its port (9000); the same as the second argument"},
    flag{"4,ipv4", "", "Use IPv4 only"},
    flag{"6,ipv6", "", "Use IPv6 only"},
    flag{"tcp", "", "Talk over TCP instead of UDP"},
    flag{"plain", "",
         "Talk to a server that knows nothing of us: bare datagrams, or a bare TCP stream. Nothing is "
         "repeated "
         "unless --retries says so"},
    flag{"m,message", "TEXT", "Send TEXT, print the reply and end; may be repeated"},
    flag{"name", "NAME", "Take part in a room of a chat server (udp_server --reply chat) as NAME"},
    flag{"room", "ROOM", "With --name: in that room (lobby)"},
    flag{"timeout", "TIME", "Wait before the first repetition, while the way was never measured (250ms)"},
    flag{"deadline", "TIME", "Give a message up after TIME (5s, or twice the timeout if that is longer)"},
    flag{"retries", "N", "Repeat a message N times at most (as often as the deadline allows)"},
    flag{"mode", "MODE", "unreliable, sequenced, reliable or ordered (ordered; with --count, reliable)"},
    flag{"channel", "N",
         "Channel of the messages, 0 to 255 (0): ordered and sequenced ones of different channels do "
         "not wait for one another"},
    flag{"priority", "N", "Of what waits to leave, higher goes first, 0 to 255 (0)"},
    flag{"window", "N",
         "On a pipe: messages on the way at most (256; with --name 8; with --plain over UDP, 1)"},
    flag{"count", "N",
         "Measure: send N messages, each at its moment, whether or not earlier ones are answered"},
    flag{"interval", "TIME", "With --count: time from one message to the next (5ms)"},
    flag{"size", "BYTES", "With --count: bytes of each message (64), at most 16Mi; over TCP 1Mi"},
    flag{"json", "", "Print no replies but one JSON object at the end"},
    flag{"trace", "", "A line per datagram on stderr: sent, sent again and why, acknowledged"},
    flag{"q,quiet", "", "No words on stderr but errors"},
    flag{"no-color", "", "No colour"},
    flag{"times", "", "The time before each line of the chat, and of a room on a pipe too"},
    flag{"no-bell", "", "Do not ring when somebody says one's name or something in private (--name)"},
    flag{"log", "FILE", "Append what is said and what comes to FILE, each line with its date and time"},
};

std::string epilogue() {
  return "On a terminal: a line is a message; /help lists commands, Ctrl-D leaves. On a pipe: a line is a\n"
         "message, replies come out in order, and the program ends when every message is answered or given "
         "up.\n"
         "\nExamples:\n"
         "  udp_client                              chat with the server on this machine\n"
         "  udp_client 192.0.2.7 9000 -m hello      one message\n"
         "  seq 1 10000 | udp_client --tcp          a pipe, over TCP\n"
         "  udp_client --name ada --room lobby      chat with others; /help lists what can be done there\n"
         "  udp_client --count 1000 --interval 5ms --json\n"
         "  udp_client --count 1000 --redundancy 2 --trace\n"
         "  udp_client --plain ::1 7 -m hello       talk to a plain echo server\n"
         "\nTimes: 250ms, 2s, 1m; a bare number is seconds.\n"
         "\nExit codes:\n" +
         exit_code_table({exit_code::ok, exit_code::network, exit_code::usage, exit_code::unanswered,
                          exit_code::output, exit_code::interrupted, exit_code::terminated});
}

void read_target(const flags& given, client_options& options) {
  const auto& arguments = given.positional();
  if (arguments.size() > 2) throw usage_error("'" + arguments[2] + "' is one argument too many");
  if (!arguments.empty() && given.given("host")) {
    throw usage_error("--host and the argument '" + arguments[0] + "' say the same; give one of them");
  }
  if (arguments.size() > 1 && given.given("port")) {
    throw usage_error("--port and the argument '" + arguments[1] + "' say the same; give one of them");
  }
  options.host = arguments.empty() ? given.text("host").value_or(options.host) : arguments[0];
  if (options.host.empty()) throw usage_error("--host: '' is not a name or an address");
  options.port = static_cast<std::uint16_t>(arguments.size() > 1
                                                ? number_between("PORT", arguments[1], 1, 65535)
                                                : given.number("port", 1, 65535).value_or(options.port));
  given.exclusive("ipv4", "ipv6");
  if (given.given("ipv4")) options.family = address_family::ipv4;
  if (given.given("ipv6")) options.family = address_family::ipv6;
}

void read_patience(const flags& given, client_options& options) {
  options.timeout = given.time("timeout", 1ms, 1h).value_or(options.timeout);
  options.deadline = given.time("deadline", 1ms, 24h).value_or(default_deadline(options.timeout));
  if (const auto retries = given.number("retries", 0, 65534)) {
    options.max_tries = static_cast<std::uint16_t>(*retries + 1);
  }
}

void read_transport(const flags& given, client_options& options) {
  // With the other transports neither session nor channel exists, so these would promise what nothing keeps.
  forbid_transport_flags(given, {"tcp", "plain"});
  for (const char* name : {"channel", "priority"}) {
    for (const char* other : {"tcp", "plain"}) given.meaningless(name, other);
  }
  read_transport_flags(given, options.transport);
  options.channel.value = static_cast<std::uint8_t>(given.number("channel", 0, 255).value_or(0));
  options.priority = static_cast<std::uint8_t>(given.number("priority", 0, 255).value_or(0));
}

void read_measurement(const flags& given, client_options& options) {
  options.messages = given.texts("message");
  // A plain datagram names no request: one at a time, or a lost one would shift all replies.
  if (options.plain && !options.tcp) options.window = 1;
  options.window = given.number("window", 1, 1'000'000).value_or(options.window);
  options.count = given.number("count", 1, 1'000'000'000).value_or(0);
  for (const char* name : {"interval", "size"}) {
    if (given.given(name) && options.count == 0) {
      throw usage_error("--" + std::string(name) + " needs --count");
    }
  }
  if (options.count != 0 && options.messages.size() > 1) {
    throw usage_error("--count repeats one message; -m was given " + std::to_string(options.messages.size()) +
                      " times");
  }
  if (given.given("message")) given.exclusive("message", "size");
  options.interval = given.time("interval", 1us, 1h).value_or(options.interval);
  const delivery_mode usual = options.count == 0 ? delivery_mode::ordered : delivery_mode::reliable;
  const auto mode = given.choice("mode", modes);
  options.mode = mode ? static_cast<delivery_mode>(*mode) : usual;
  options.size =
      given.size("size", 0, largest_message(wire_of(options), options.mode)).value_or(options.size);
}

void read_room(const flags& given, client_options& options) {
  if (given.given("room") && !given.given("name")) throw usage_error("--room needs --name");
  for (const char* name : {"name", "room"}) {
    const auto value = given.text(name);
    if (!value) continue;
    // The order of lines is the server's: nothing may overtake the greeting.
    for (const char* other : {"plain", "count", "mode"}) given.meaningless(name, other);
    const std::string fault = rooms::name_fault(*value);
    if (!fault.empty()) {
      throw usage_error("--" + std::string(name) + ": " + rooms::shown(*value) + " " + fault);
    }
  }
  options.name = given.text("name").value_or("");
  options.room = given.text("room").value_or(options.room);
  if (options.name.empty()) return;
  if (!given.given("window")) options.window = 8;
  // All who are in the room wait for a line, and people say few of them.
  if (!given.given("redundancy")) options.transport.redundancy = redundancy{2};
}

void read_conversation(const flags& given, client_options& options) {
  // Nobody takes part in a measurement.
  for (const char* name : {"times", "no-bell", "log"}) given.meaningless(name, "count");
  options.times = given.given("times");
  options.bell = !given.given("no-bell");
  options.log = given.text("log").value_or("");
  if (given.given("log") && options.log.empty()) throw usage_error("--log: '' is not a file");
}

}  // namespace

duration default_deadline(duration timeout) {
  return timeout > 5s ? 2 * timeout : duration(5s);
}

flags client_flags() {
  return flags(
      {"udp_client", "Sends messages and shows the replies, over UDP or TCP.", "[HOST [PORT]]", epilogue()},
      table, transport_flags());
}

client_options client_options_from(const flags& given) {
  client_options options;
  options.tcp = given.given("tcp");
  options.plain = given.given("plain");
  read_target(given, options);
  read_patience(given, options);
  read_transport(given, options);
  read_measurement(given, options);
  read_room(given, options);
  options.json = given.given("json");
  options.trace = given.given("trace");
  options.quiet = given.given("quiet");
  options.colour = !given.given("no-color");
  read_conversation(given, options);
  return options;
}

}  // namespace dgram::app
