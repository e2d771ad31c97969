// SPDX-License-Identifier: MIT
// udp_relay: a UDP relay that loses, delays, reorders, repeats, corrupts and throttles.
#include <asio/io_context.hpp>

#include "apps/cli/json_object.h"
#include "apps/cli/output.h"
#include "apps/cli/run_program.h"
#include "apps/cli/stop_signals.h"
#include "apps/relay/relay_options.h"
#include "udp/net/address_text.h"
#include "udp/net/clock.h"

namespace dgram::app {
namespace {

exit_code run(const flags& given) {
  const relay_run_options options = relay_options_from(given);
  asio::io_context context(1);
  impaired_path path(options.link, read_clock());
  relay running(context, path, options.relay);
  exit_code code = exit_code::ok;
  stop_signals signals(context, [&](int number) {
    code = code_for_signal(number);
    context.stop();
  });
  output out(1);
  output err(2);
  if (options.json) {
    json_object ready;
    ready.add("event", "ready").add("address", to_string(running.local())).add("port", running.local().port);
    out.add_line(ready.text());
    out.flush();
  }
  if (!options.quiet) {
    err.add_line("listening on " + to_string(running.local()) + " for " + to_string(options.relay.to) + ": " +
                 describe(options.link));
    err.add_line("to repeat: udp_relay " + options.link.flags);
    err.flush();
  }
  running.start();
  context.run();
  return code;
}

std::string failure_json(exit_code code, const std::string& why) {
  json_object event;
  event.add("event", "error").add("error", why).add("exit_code", static_cast<int>(code));
  return event.text();
}

}  // namespace
}  // namespace dgram::app

int main(int argc, char** argv) {
  using namespace dgram::app;
  return run_program({"udp_relay", relay_flags, run, failure_json}, argc, argv);
}
