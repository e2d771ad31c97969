// SPDX-License-Identifier: MIT
#include <functional>
#include <string>

#include <asio/io_context.hpp>

#include "apps/cli/exit_code.h"
#include "apps/cli/output.h"
#include "apps/cli/port_file.h"
#include "apps/cli/run_program.h"
#include "apps/cli/stop_signals.h"
#include "apps/server/endpoints.h"
#include "apps/server/server.h"
#include "apps/server/server_log.h"
#include "apps/server/server_options.h"
#include "apps/server/services.h"
#include "udp/net/address_text.h"
#include "udp/net/attentive_run.h"

namespace dgram::app {
namespace {

exit_code serve(const server_options& options) {
  asio::io_context context(1);
  server_log log(options.json, options.quiet);
  exit_code code = exit_code::ok;
  std::function<void()> quit;
  server running(service_for(options, context.get_executor()), log,
                 {.on_output_lost =
                      [&] {
                        code = exit_code::output;
                        context.stop();
                      },
                  .on_quit = [&] { quit(); }});
  stop_signals signals(context, [&](int number) {
    code = code_for_signal(number);
    running.close();
  });
  quit = [&] {
    signals.stop_waiting();
    running.close();
  };

  address where;
  std::string transports;
  for (auto& [endpoint, transport] : bind_endpoints(context.get_executor(), options)) {
    where = endpoint->local();
    transports += (transports.empty() ? "" : " and ") + transport;
    running.serve(std::move(endpoint), transport);
  }
  if (options.exec.shell) {
    log.problem("warning: --exec-shell runs whatever anybody on this machine sends to it, with your rights");
  }
  log.ready(to_string(where), where.port, transports);
  log.flush();
  if (log.failed()) return exit_code::output;
  running.start();
  if (!options.port_file.empty()) write_port_file(options.port_file, where.port);

  run_attentively(context);
  if (code == exit_code::interrupted) log.after_control_c();
  log.summary(running.totals(), code);
  log.flush();
  if (!log.failed()) return code;
  if (const std::string why = loss_of_output(log.error()); !why.empty()) log.problem(why);
  log.flush();
  return exit_code::output;
}

exit_code run(const flags& given) {
  return serve(server_options_from(given));
}

}  // namespace
}  // namespace dgram::app

int main(int argc, char** argv) {
  using namespace dgram::app;
  return run_program({"udp_server", server_flags, run, failure_event}, argc, argv);
}
