// SPDX-License-Identifier: MIT
// udp_relay: a UDP relay that loses, delays, reorders, repeats, corrupts and throttles.
#include <asio/io_context.hpp>

#include "apps/cli/run_program.h"
#include "apps/cli/stop_signals.h"
#include "apps/impairment/control_client.h"
#include "apps/relay/relay_options.h"
#include "apps/relay/relay_run.h"

namespace dgram::app {
namespace {

exit_code run(const flags& given) {
  if (given.positional().empty()) return run_relay(relay_options_from(given));
  for (const char* of_a_run : {"listen", "to"}) {
    if (given.given(of_a_run)) {
      throw usage_error("'" + given.positional().front() +
                        "' is for a relay that runs already: leave out --" + of_a_run);
    }
  }
  return run_control_command("udp_relay", given.text("control").value_or(""), given.positional(),
                             given.given("json"));
}

}  // namespace
}  // namespace dgram::app

int main(int argc, char** argv) {
  using namespace dgram::app;
  return run_program({"udp_relay", relay_flags, run, failure_event}, argc, argv);
}
