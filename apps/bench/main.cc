// SPDX-License-Identifier: MIT
// udp_bench: how fast it is on this machine: one after the other next to bare sockets, and with many peers of
// a server that runs already.
#include <array>
#include <string>

#include "apps/bench/against_server.h"
#include "apps/bench/round_trips.h"
#include "apps/cli/flags.h"
#include "apps/cli/run_program.h"
#include "apps/cli/text_escape.h"
#include "apps/cli/transport_flags.h"

namespace dgram::app {
namespace {

constexpr std::array table{
    flag{"rounds", "N", "Turns of each contender (7)"},
    flag{"count", "N", "Round trips in a turn (5000)"},
    flag{"size", "BYTES", "Bytes of a message, at most 65507 (64)"},
    flag{"peers", "N", "load, crowd: peers, each with a socket of its own (1000)"},
    flag{"rooms", "N", "crowd: rooms that they are in (1)"},
    flag{"interval", "TIME",
         "load: between two requests of one peer (20s); crowd: between two lines of all (100ms)"},
    flag{"time", "TIME", "load, crowd: how long (10s)"},
    flag{"tcp", "", "load, crowd: over TCP"},
    flag{"json", "", "One JSON object at the end instead of the table"},
};

flags bench_flags() {
  const program_description description{
      "udp_bench", "How fast it is on this machine, next to bare sockets, and with many peers.",
      "[load | crowd [HOST [PORT]]]",
      "Without a command: round trips to a server of its own, next to bare sockets.\n"
      "load:  many peers ask a running server now and then, and it is measured how long answers take.\n"
      "crowd: many members of the rooms of udp_server --reply chat say something in turns; it is checked "
      "that\n"
      "       everybody hears each line once and in one order, and measured how long it takes.\n\n"
      "Machines are noisy: compare the ratios of one run, not the figures of two.\n\n"
      "Examples:\n"
      "  udp_bench --rounds 9\n"
      "  udp_bench load 127.0.0.1 9000 --peers 1000 --interval 20s    50 messages/s in all\n"
      "  udp_bench crowd --peers 1000 --rooms 10 --json\n\n"
      "Exit codes:\n" +
          exit_code_table({exit_code::ok, exit_code::network, exit_code::usage, exit_code::unanswered,
                           exit_code::check_failed, exit_code::output})};
  return flags(description, table, transport_flags());
}

exit_code run(const flags& given) {
  const auto& words = given.positional();
  const std::string command = words.empty() ? "" : words.front();
  if (command == "load" || command == "crowd") {
    for (const char* name : {"rounds", "count"}) {
      if (given.given(name)) throw usage_error("--" + std::string(name) + " means nothing with " + command);
    }
    return command == "load" ? load_server(given) : crowd_server(given);
  }
  if (!command.empty()) {
    throw usage_error("'" + escaped(command, 60) + "' is not a command; there are load and crowd");
  }
  for (const char* name : {"peers", "rooms", "interval", "time", "tcp"}) {
    if (given.given(name)) throw usage_error("--" + std::string(name) + " needs load or crowd");
  }
  return run_round_trips(given);
}

}  // namespace
}  // namespace dgram::app

int main(int argc, char** argv) {
  using namespace dgram::app;
  return run_program({"udp_bench", bench_flags, run}, argc, argv);
}
